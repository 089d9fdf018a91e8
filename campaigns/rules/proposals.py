"""The alerts that a new action is offered."""

from datetime import datetime, timedelta

from campaigns.kinds import Anchor, Proposal, default_urgency
from campaigns.models import Action, Alert, AlertAnchor
from campaigns.models.alerts.telling import start_in_words
from campaigns.models.alerts.timing import shift_local

# A proposed alert whose minute is over already is moved to "as soon as it is scheduled", this much ahead.
HEADROOM = timedelta(minutes=10)
ANCHORS = {Anchor.NOW: AlertAnchor.FIXED, Anchor.START: AlertAnchor.START, Anchor.END: AlertAnchor.END}


def proposed_alerts(action: Action, now: datetime) -> list[Alert]:
    """The alerts that an action of this kind usually has, as drafts that are not stored."""
    return [_propose(action, proposal, now) for proposal in action.traits.plan]


def _propose(action: Action, proposal: Proposal, now: datetime) -> Alert:
    anchors = {Anchor.NOW: now + HEADROOM, Anchor.START: action.starts_at, Anchor.END: action.ends_at}
    send_at = shift_local(anchors[proposal.anchor], proposal.offset, action.zone)
    expires_at = send_at + proposal.useful_for
    anchor = ANCHORS[proposal.anchor]
    if expires_at <= now + HEADROOM:
        send_at, expires_at = now + HEADROOM, now + HEADROOM + proposal.useful_for
        anchor = AlertAnchor.FIXED
    languages = list(action.title) or [action.campaign.main_language]
    body = {code: _proposed_text(action, proposal, code) for code in languages if code in proposal.texts}
    return Alert(
        action_id=action.pk,
        purpose=proposal.purpose,
        title={code: text[:60] for code, text in action.title.items()},
        body=body or {"fr": _proposed_text(action, proposal, "fr")},
        urgency=default_urgency(action.kind, proposal.purpose),
        anchor=anchor,
        offset=timedelta(0) if anchor == AlertAnchor.FIXED else proposal.offset,
        send_at=send_at,
        expires_at=expires_at,
    )


def _proposed_text(action: Action, proposal: Proposal, language: str) -> str:
    return proposal.texts[language].format(start=start_in_words(action.starts_at, action.zone, language))
