"""A consent is withdrawn: the name goes from every text, and from every alert that holds it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext, override

from accounts.models import User
from campaigns.models.action import Action
from campaigns.models.action_parts import Gathering, Medium, MediumKind
from campaigns.models.alert import Alert
from campaigns.models.alerts.states import AlertState
from campaigns.models.audit import AuditEntry
from campaigns.models.cases.person import Person
from campaigns.models.cases.wordings import Wording, text_fields, wordings_of, wordings_of_alert
from campaigns.models.picture import Picture
from campaigns.models.preview import Preview
from campaigns.names import INSTEAD, finds, forms_of, without

IsName = Callable[[str], bool]
# How long the correction of an alert that held the name is useful.
USEFUL_FOR = timedelta(hours=12)
LONGEST_TITLE = 60


@dataclass(slots=True)
class Withdrawn:
    """What was done about a name: rows whose texts were changed, alerts by what became of them."""

    changed: list[Wording] = field(default_factory=list)
    pictures: int = 0
    drafts: list[Alert] = field(default_factory=list)
    stopped: list[Alert] = field(default_factory=list)
    paused: list[Alert] = field(default_factory=list)
    corrections: list[Alert] = field(default_factory=list)


@transaction.atomic
def withdraw_consent(person: Person, now: datetime, by: User | None = None) -> Withdrawn:
    """Takes the name out of all that is stored. Again: does nothing more.

    In the case every form of the name goes, initials too; in the campaign's other actions what can be nothing else
    (two words of it together). Alerts that held it: waiting ones are drafts again, one that is being sent stops, and
    for each that somebody can have had a correction is proposed, as a draft.
    """
    done = Withdrawn()
    if not person.name and not person.has_consent:
        return done
    case = person.alert_case
    forms = forms_of(person.name)
    allowed = _forms_still_public(person)
    every, whole = (forms.whole | forms.parts) - allowed, forms.whole - allowed
    for action in Action.objects.filter(campaign_id=case.campaign_id).select_related("campaign"):
        known = every if action.pk == case.pk else whole
        if known:
            _take_out(action, known.__contains__, now, by, done)
    # An entry of the log does not say of which action it is; what is noted of a case is noted without its names.
    known = whole or every
    AuditEntry.objects.take_out(case.campaign_id, lambda text: without(text, known.__contains__, INSTEAD[""]))
    case.refresh_from_db(fields=[field.name for field in text_fields(type(case))])
    # Last: what is noted of it holds the texts of now.
    person.withdraw_consent(now.astimezone(case.zone).date(), by)
    return done


def _forms_still_public(person: Person) -> set[str]:
    """Of somebody else of the same case, who is named with their consent."""
    others = person.alert_case.persons.exclude(pk=person.pk)
    names = [forms_of(other.public_name or "") for other in others]
    return {form for name in names for form in name.whole | name.parts}


def _take_out(action: Action, is_name: IsName, now: datetime, by: User | None, done: Withdrawn) -> None:
    in_card = _take_out_of_texts(action, is_name, done)
    if in_card:
        action.refresh_from_db(fields=["title", "summary"])
        # What links show is drawn anew when somebody asks for it.
        Preview.objects.filter(action=action).delete()
    named = []
    alerts = Alert.objects.filter(action_id=action.pk).select_related("corrects").order_by("pk")
    for alert in alerts.select_for_update(of=("self",)):
        alert.action = action
        if wordings := _that_hold(wordings_of_alert(alert), is_name):
            for wording in wordings:
                wording.store(_replaced(wording, is_name))
            _stop(alert, now, by, done)
            named.append(alert)
        elif in_card and alert.state == AlertState.SENDING:
            # Its message carries the action's own texts, as they were when its sending began.
            alert.pause(by)
            done.paused.append(alert)
    done.corrections += _correct(action, named, now, by)


def _take_out_of_texts(action: Action, is_name: IsName, done: Withdrawn) -> bool:
    wordings = _that_hold(wordings_of(action), is_name)
    for wording in wordings:
        if isinstance(wording.row, Medium) and wording.row.kind == MediumKind.PICTURE:
            # Whom its words name is whom it shows.
            wording.row.delete()
            done.pictures += 1
        elif isinstance(wording.row, Gathering) and wording.field.name == "picture_alt":
            done.pictures += Picture.objects.of(wording.row).delete()[0]
            wording.store({})
        else:
            wording.store(_replaced(wording, is_name))
            done.changed.append(wording)
    return bool(wordings)


def _that_hold(wordings: Iterable[Wording], is_name: IsName) -> list[Wording]:
    return [one for one in wordings if any(finds(text, is_name) for text in one.texts.values())]


def _replaced(wording: Wording, is_name: IsName) -> dict[str, str]:
    texts = wording.texts.items()
    return {code: without(text, is_name, INSTEAD.get(code, INSTEAD[""])) for code, text in texts}


def _stop(alert: Alert, now: datetime, by: User | None, done: Withdrawn) -> None:
    if alert.state in (AlertState.AWAITING, AlertState.SCHEDULED):
        alert.return_to_draft(by)
        done.drafts.append(alert)
    elif alert.state in (AlertState.SENDING, AlertState.PAUSED):
        alert.cancel(now, by)
        done.stopped.append(alert)


def _correct(action: Action, named: Iterable[Alert], now: datetime, by: User | None) -> list[Alert]:
    """A correction for each notification that may stand on a phone, none for one that has a correction waiting."""
    latest = {alert.tag: alert for alert in named if alert.started_at is not None}
    waiting = {
        alert.corrects_id for alert in Alert.objects.filter(corrects__in=list(latest.values())) if alert.is_editable
    }
    return [_correction(action, wrong, now, by) for wrong in latest.values() if wrong.pk not in waiting]


def _correction(action: Action, wrong: Alert, now: datetime, by: User | None) -> Alert:
    title, body = {}, {}
    for code in wrong.title:
        with override(code):
            begun = gettext("Correction: %(text)s") % {"text": action.title.get(code) or str(action)}
            title[code] = begun[:LONGEST_TITLE]
            body[code] = gettext("This replaces the message before, whose text was taken back.")
    send_at = now.replace(second=0, microsecond=0)
    return wrong.correct(title=title, body=body, send_at=send_at, expires_at=send_at + USEFUL_FOR, by=by)
