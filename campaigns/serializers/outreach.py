"""Outreach: what is said, what is counted, the one official that a caller has."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.models import Outreach, Result
from campaigns.models.outreach.outcomes import LISTED, Sums
from campaigns.rules.outreach import goal_of, office_window
from mobilise.serializing import LineMap, Moment, TextMap


class OutreachGoalOutput(serializers.Serializer[Any]):
    """Three bars: `counted` of `target`; `departements` of `departements_needed`; at most `departement_cap` from one.

    `counted` leaves out what is `beyond` the cap of a departement; `full` departements have reached it, and `most` is
    the number of the fullest one.

    Only calls count whose phone is verified, or was within a day of the call. Where organisers typed the official count
    of a departement, it is that one instead.
    """

    target = serializers.IntegerField()
    counted = serializers.IntegerField()
    departements = serializers.IntegerField()
    departements_needed = serializers.IntegerField()
    departement_cap = serializers.IntegerField()
    full = serializers.IntegerField()
    most = serializers.IntegerField()
    total = serializers.IntegerField()
    beyond = serializers.IntegerField()


class OfficeOutput(serializers.Serializer[Any]):
    """The office hours that hold now, or the next ones: by the clock of the place that is called."""

    opens_at = Moment()
    closes_at = Moment()


class OutreachOutput(serializers.Serializer[Any]):
    """What to say, the points to make, the goal, and for how many hours an official is one caller's alone.

    The action's end is the deadline. `published_as_of`: the day of the official counts that the goal takes in.
    """

    script = TextMap()
    points = LineMap()
    claim_hours = serializers.IntegerField()
    goal = serializers.SerializerMethodField()
    published_as_of = Moment(allow_null=True)
    office = serializers.SerializerMethodField()

    @extend_schema_field(OutreachGoalOutput)
    def get_goal(self, outreach: Outreach) -> Any:
        """As the sums have it."""
        return OutreachGoalOutput(goal_of(outreach, self._sums(outreach))).data

    @extend_schema_field(OfficeOutput)
    def get_office(self, outreach: Outreach) -> Any:
        """Of the departements that the list is of."""
        listed, now = self._sums(outreach).get(LISTED, {}), self.context["now"]
        return OfficeOutput(office_window(listed, outreach.zone, now)).data

    def _sums(self, outreach: Outreach) -> Sums:
        sums: dict[int, Sums] = self.context["outcome_sums"]
        return sums.get(outreach.pk, {})


class OfficialOutput(serializers.Serializer[Any]):
    """An official; phone and e-mail are those of the office, "" when there is none."""

    name = serializers.CharField()
    function = serializers.CharField(allow_blank=True)
    commune = serializers.CharField(allow_blank=True)
    departement = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)


class EarlierContactOutput(serializers.Serializer[Any]):
    """What an earlier call came to."""

    on = serializers.DateField()
    result = serializers.ChoiceField(Result.choices)


class ClaimOutput(serializers.Serializer[Any]):
    """The official that this device calls, its alone `until` then.

    `again_first` and `again_last` are the days that "call again on" may name; null when nobody would call again.
    """

    id = serializers.UUIDField(source="uuid")
    until = Moment(source="lease_until")
    official = OfficialOutput()
    earlier = EarlierContactOutput(many=True)
    office = OfficeOutput()
    again_first = serializers.DateField(allow_null=True)
    again_last = serializers.DateField(allow_null=True)


class OwnClaimOutput(serializers.Serializer[Any]):
    """`claim` is null when this device has none; then `rest_until` says when it may take one, null: now."""

    claim = ClaimOutput(allow_null=True)
    rest_until = Moment(allow_null=True)


class OutcomeInput(serializers.Serializer[Any]):
    """What the call came to; `call_again_on` with `call_again` and only with it."""

    result = serializers.ChoiceField(Result.choices)
    call_again_on = serializers.DateField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The day: there, and between `again_first` and `again_last` of the claim."""
        day = attrs.get("call_again_on")
        if attrs["result"] != Result.CALL_AGAIN:
            return {**attrs, "call_again_on": None}
        first, last = self.context["again_first"], self.context["again_last"]
        if first is None:
            raise serializers.ValidationError({"result": ["Nobody will call again: say what it came to."]})
        if day is None:
            raise serializers.ValidationError({"call_again_on": ["Say on which day."]})
        if not first <= day <= last:
            raise serializers.ValidationError({"call_again_on": [f"From {first} to {last}."]})
        return attrs


class OutcomeOutput(serializers.Serializer[Any]):
    """As it was noted."""

    result = serializers.ChoiceField(Result.choices)
    call_again_on = serializers.DateField(allow_null=True)
