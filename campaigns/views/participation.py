"""Taking part."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Device
from accounts.views.base import DeviceView
from campaigns.models import Action, Burst, Gathering, Kept, Participation
from campaigns.rules.taking_part import REASONS, closed_because
from campaigns.serializers.participation import OwnParticipationOutput, ParticipationInput, ParticipationOutput
from campaigns.views.links import links_of
from mobilise.errors import Conflict
from mobilise.schema import errors

NO_PART = {"stage": None, "gathering": None, "verified": False}
# One of each for all requests: to make one copies all of its fields, which costs a crowd more than to use it.
GIVEN, PART = ParticipationInput(), ParticipationOutput()


class ParticipationView(DeviceView):
    """This device's part in an action."""

    throttle_scope = "take_part"

    @extend_schema(
        operation_id="participation", tags=["actions"], responses={200: ParticipationOutput, **errors(401, 404)}
    )
    def get(self, request: Request, action: UUID) -> Response:
        """What this device has said so far."""
        part = Participation.objects.select_related("gathering").of(self._action(action), self.device)
        return Response(ParticipationOutput(part or NO_PART).data)

    @extend_schema(
        operation_id="participate",
        tags=["actions"],
        request=ParticipationInput,
        responses={200: ParticipationOutput, **errors(400, 401, 403, 404, 409, 429)},
    )
    def put(self, request: Request, action: UUID) -> Response:
        """Says it. 409 `action_over`, `action_cancelled` or `rally_banned` when nobody can take part (any more).

        What `waited` for a network is taken for an hour after the end.
        """
        given = GIVEN.run_validation(request.data)
        joined = self._action(action)
        refuse_closed(joined, waited=given.get("waited", False))
        part = Participation.objects.take_part(
            joined,
            self.device,
            given["stage"],
            self._gathering(joined, given),
            verified=is_verified(self.device),
            now=timezone.now(),
        )
        Burst.objects.watch(joined, self.hits_of_address, timezone.now())
        return Response(PART.to_representation(part))

    @extend_schema(operation_id="withdraw", tags=["actions"], responses={204: None, **errors(401, 403, 404, 429)})
    def delete(self, request: Request, action: UUID) -> Response:
        """Takes it back, and from the counts. Once the links are deleted nothing is left to take back: 204 too."""
        found = self._action(action)
        if found.participation_key is not None:
            Participation.objects.withdraw(found, self.device, timezone.now())
        return Response(status=204)

    def _action(self, uuid: UUID) -> Action:
        found = Action.objects.find_visible(uuid, self.device, links_of(self.request))
        if found is None:
            raise Http404
        return found

    def _gathering(self, action: Action, given: dict[str, UUID | None]) -> Gathering | Kept | None:
        """The one that was named; the one of before when none was; None when null was."""
        if "gathering" not in given:
            return Kept.AS_IT_WAS
        if given["gathering"] is None:
            return None
        gathering = Gathering.objects.filter(action=action, uuid=given["gathering"]).first()
        if gathering is None:
            raise serializers.ValidationError({"gathering": ["This is no gathering of the action."]})
        return gathering


def refuse_closed(action: Action, *, waited: bool = False) -> None:
    """Raises Conflict unless somebody can take part now, or could when a gesture that ``waited`` was made."""
    if reason := closed_because(action, timezone.now(), waited=waited):
        raise Conflict(REASONS[reason], code=reason)


def is_verified(device: Device) -> bool:
    """Whether the device's parts count in public."""
    return device.verified_on is not None


class ParticipationsView(DeviceView):
    """All of this device's parts."""

    @extend_schema(
        operation_id="participations",
        tags=["actions"],
        responses={200: OwnParticipationOutput(many=True), **errors(401)},
    )
    def get(self, request: Request) -> Response:
        """Its own list; what is older than the retention days is not in it, as nothing links it any more."""
        return Response(OwnParticipationOutput(Participation.objects.all_of(self.device), many=True).data)
