"""Calling officials: one at a time, and shown to nobody else."""

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.views.base import DeviceView
from campaigns.models import Action, Claim, IllegalTransition, Outreach
from campaigns.outreach import calling
from campaigns.rules.outreach import days_to_call_again, office_window
from campaigns.serializers.outreach import ClaimOutput, OutcomeInput, OutcomeOutput, OwnClaimOutput
from campaigns.views.links import links_of
from campaigns.views.participation import is_verified, refuse_closed
from mobilise.errors import Conflict, TooSoon
from mobilise.schema import errors


class OutreachCall(DeviceView):
    """Something of one outreach that this device may see. Nothing of an official is kept on the way."""

    throttle_scope = "report_official"

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """No cache keeps it."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "private, no-store"
        return final

    def outreach(self, uuid: UUID) -> Outreach:
        """Raises Http404."""
        visible = Action.objects.visible_to(self.device, links_of(self.request))
        seen = visible.select_related("outreach").filter(uuid=uuid).first()
        found = getattr(seen, "outreach", None)
        if not isinstance(found, Outreach):
            raise Http404
        return found

    def claim(self, outreach: Outreach, uuid: UUID) -> Claim:
        """One of this device's. Raises Http404."""
        claims = Claim.objects.of(outreach, self.device).select_related("official", "record")
        found = claims.filter(uuid=uuid).first()
        if found is None:
            raise Http404
        found.outreach = outreach
        return found


class ClaimView(OutreachCall):
    """The official that this device calls."""

    throttle_scope = "take_official"

    @extend_schema(operation_id="claim", tags=["outreach"], responses={200: OwnClaimOutput, **errors(401, 404)})
    def get(self, request: Request, action: UUID) -> Response:
        """Who it is, as long as the claim runs."""
        outreach, now = self.outreach(action), timezone.now()
        held = Claim.objects.of(outreach, self.device).running(now).select_related("official", "record").first()
        shown = describe(held, outreach, now) if held and outreach.is_open(now) else None
        own = {
            "claim": shown,
            "rest_until": None if shown else calling.resting_until(outreach, self.device, now),
        }
        return Response(OwnClaimOutput(own).data)

    @extend_schema(
        operation_id="takeOfficial",
        tags=["outreach"],
        request=None,
        responses={200: ClaimOutput, 201: ClaimOutput, **errors(401, 403, 404, 409, 429)},
    )
    def post(self, request: Request, action: UUID) -> Response:
        """Takes one (201), or gives the one that this device has (200).

        409 `outside_office_hours`, `none_free`, `holds_another`, `action_over`, `action_cancelled`; 429 also
        `report_first`, for who takes one after the other and reports nothing.
        """
        outreach, now = self.outreach(action), timezone.now()
        refuse_closed(outreach)
        with refusals(now):
            claim, new = calling.take(outreach, self.device, verified=is_verified(self.device), now=now)
        return Response(ClaimOutput(describe(claim, outreach, now)).data, status=201 if new else 200)


class GivenBackView(OutreachCall):
    """One claim of this device."""

    @extend_schema(
        operation_id="giveBackOfficial", tags=["outreach"], responses={204: None, **errors(401, 403, 404, 429)}
    )
    def delete(self, request: Request, action: UUID, claim: UUID) -> Response:
        """Gives the official back without having called. What is over already stays as it is: 204 too."""
        with suppress(IllegalTransition):
            self.claim(self.outreach(action), claim).give_back(timezone.now())
        return Response(status=204)


class OutcomeView(OutreachCall):
    """What the call came to."""

    @extend_schema(
        operation_id="reportOutcome",
        tags=["outreach"],
        request=OutcomeInput,
        responses={200: OutcomeOutput, **errors(400, 401, 403, 404, 409, 429)},
    )
    def put(self, request: Request, action: UUID, claim: UUID) -> Response:
        """Notes it and ends the claim; the same again is the same. Also for a claim that ran out within the last day.

        409 `already_reported` with another result, `given_back`.
        """
        now = timezone.now()
        found = self.claim(self.outreach(action), claim)
        given = OutcomeInput(data=request.data, context=_again(found, now))
        given.is_valid(raise_exception=True)
        with refusals(now):
            outcome = calling.report(
                found, self.device, **given.validated_data, verified=is_verified(self.device), now=now
            )
        return Response(OutcomeOutput(outcome).data)


@contextmanager
def refusals(now: datetime) -> Iterator[None]:
    """What calling refuses, as answers."""
    try:
        yield
    except calling.OutsideOfficeHours:
        raise Conflict("Officials are called in office hours only.", code="outside_office_hours") from None
    except calling.HoldsAnother:
        raise Conflict("This device calls somebody in another action.", code="holds_another") from None
    except calling.NoneFree:
        raise Conflict("Nobody is free to be called now.", code="none_free") from None
    except calling.HasToRest as rest:
        wait = math.ceil((rest.until - now).total_seconds())
        raise TooSoon("Report what your calls came to first.", code="report_first", wait=wait) from None
    except calling.AlreadyReported:
        raise Conflict("It was reported with another result.", code="already_reported") from None
    except IllegalTransition:
        raise Conflict("It was given back.", code="given_back") from None


def describe(claim: Claim, outreach: Outreach, now: datetime) -> dict[str, Any]:
    """As ClaimOutput."""
    official = claim.official
    return {
        "uuid": claim.uuid,
        "lease_until": claim.lease_until,
        "official": official.shown,
        "earlier": official.outcomes.all(),
        "office": office_window([official.departement], outreach.zone, now),
        **_again(claim, now),
    }


def _again(claim: Claim, now: datetime) -> dict[str, Any]:
    first, last = days_to_call_again(claim.outreach, claim.record.contacts, now) or (None, None)
    return {"again_first": first, "again_last": last}
