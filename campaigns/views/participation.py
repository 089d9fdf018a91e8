"""Taking part."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Device, Subscription
from accounts.views.base import DeviceView
from campaigns.models import Action, ActionState, Declaration, Gathering, Participation
from campaigns.serializers.participation import OwnParticipationOutput, ParticipationInput, ParticipationOutput
from mobilise.errors import Conflict
from mobilise.schema import errors

NO_PART = {"stage": None, "gathering": None, "verified": False}


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
        """Says it. 409 `action_over`, `action_cancelled` or `rally_banned` when nobody can take part (any more)."""
        given = ParticipationInput(data=request.data)
        given.is_valid(raise_exception=True)
        joined = self._action(action)
        refuse_closed(joined)
        part = Participation.objects.take_part(
            joined,
            self.device,
            given.validated_data["stage"],
            self._gathering(joined, given.validated_data),
            verified=is_verified(self.device),
            now=timezone.now(),
        )
        return Response(ParticipationOutput(part).data)

    @extend_schema(operation_id="withdraw", tags=["actions"], responses={204: None, **errors(401, 403, 404, 429)})
    def delete(self, request: Request, action: UUID) -> Response:
        """Takes it back, and from the counts. Once the links are deleted nothing is left to take back: 204 too."""
        found = self._action(action)
        if found.participation_key is not None:
            Participation.objects.withdraw(found, self.device, timezone.now())
        return Response(status=204)

    def _action(self, uuid: UUID) -> Action:
        found = Action.objects.visible_to(self.device).select_related("rallycall").filter(uuid=uuid).first()
        if found is None:
            raise Http404
        return found

    def _gathering(self, action: Action, given: dict[str, UUID | None]) -> Gathering | None:
        """The one that was named; the one of before when none was; None when null was."""
        if "gathering" not in given:
            part = Participation.objects.select_related("gathering").of(action, self.device)
            return part.gathering if part else None
        if given["gathering"] is None:
            return None
        gathering = Gathering.objects.filter(action=action, uuid=given["gathering"]).first()
        if gathering is None:
            raise serializers.ValidationError({"gathering": ["This is no gathering of the action."]})
        return gathering


def refuse_closed(action: Action) -> None:
    """Raises Conflict unless somebody can take part now."""
    rally = getattr(action, "rallycall", None)
    if action.state == ActionState.CANCELLED:
        raise Conflict("The action was cancelled.", code="action_cancelled")
    if rally is not None and rally.declaration == Declaration.BANNED:
        raise Conflict("The rally is banned.", code="rally_banned")
    if not action.is_open(timezone.now()):
        raise Conflict("The action is over.", code="action_over")


def is_verified(device: Device) -> bool:
    """Whether the device's parts count in public."""
    return Subscription.objects.filter(device=device, verified_on__isnull=False).exists()


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
