"""What the buttons of a case do: a status moves on and proposes its alert; a case is confirmed; a consent ends."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from campaigns import rules
from campaigns.models import IllegalTransition, Person, PersonStatus, SolidarityAlert
from campaigns.models.cases.withdrawal import Withdrawn


def move_on(case: SolidarityAlert, person: Person, status: str, source: str, now: datetime, by: User) -> str:
    """The new status is news of now, by ``source``; the alert that goes with it is a draft. Returns what to say.

    Raises IllegalTransition and ValidationError; then nothing is changed.
    """
    if status not in PersonStatus.values:
        raise IllegalTransition(person, "status", status)
    with transaction.atomic():
        # First the move, which only one of two taps can make.
        step = person.become(status, now, by)
        case.confirm(source, now, by)
        alert = rules.status_alert(case, person, now)
        alert.save()
        step.proposal = alert
        step.save(update_fields=["proposal"])
    text = _("The status is now: %(status)s. An alert is ready below: look at it, change it, schedule it.")
    return text % {"status": person.get_status_display()}


def confirm(case: SolidarityAlert, source: str, now: datetime, by: User) -> str:
    """Still true. Returns what to say. Raises ValidationError."""
    case.confirm(source, now, by)
    return _("Confirmed now. Source: %(source)s.") % {"source": case.source}


def say_withdrawn(done: Withdrawn) -> list[str]:
    """What became of the name, in sentences; empty when there was none."""
    said = [_("The name is removed, here and wherever it was shown from here.")]
    if done.changed:
        number = len(done.changed)
        text = ngettext(
            "It stood in %(n)d text, where it is now “one person”: read it again.",
            "It stood in %(n)d texts, where it is now “one person”: read them again.",
            number,
        )
        said.append(text % {"n": number})
    if done.pictures:
        number = done.pictures
        text = ngettext(
            "%(n)d picture that named them is deleted.", "%(n)d pictures that named them are deleted.", number
        )
        said.append(text % {"n": number})
    drafts = _("“%(alert)s” held it: it is a draft again and will not be sent. Read it, then schedule it again.")
    stopped = _("“%(alert)s” held it and was being sent: it is stopped.")
    paused = _("“%(alert)s” carried it in the action's texts: it is paused. Read it, then resume it.")
    for alerts, text in ((done.drafts, drafts), (done.stopped, stopped), (done.paused, paused)):
        said += [text % {"alert": alert} for alert in alerts]
    if done.corrections:
        said.append(_("Phones may still show it: a correction is ready below. Schedule it to take the message back."))
    return said
