"""A solidarity alert's case: the alert that goes with a new status, and what speaks against an alert."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.kinds import Purpose, Urgency
from campaigns.models import Alert, Person, PersonStep, SolidarityAlert
from campaigns.rules.kinds import case_of
from campaigns.rules.moments import say_hour, say_moment
from campaigns.rules.phones import BODY_SHOWN
from mobilise.fields import pick

USEFUL_FOR = timedelta(hours=6)
LONGEST_TITLE, LONGEST_BODY = 60, 180
KEPT_AS = "_proposed_steps"
# Never with a name, even where there is a consent: what is on a lock screen cannot be called back.
NEWS: dict[str, dict[str, str]] = {
    "summoned": {"fr": "Une personne est de nouveau convoquée", "en": "One person is summoned again"},
    "held": {"fr": "Une personne est en garde à vue", "en": "One person is held in custody"},
    "released": {"fr": "Une personne est sortie libre", "en": "One person is free"},
    "charged": {"fr": "Une personne est poursuivie", "en": "One person is charged"},
    "dropped": {"fr": "L'affaire d'une personne est classée sans suite", "en": "One person's case is dropped"},
}
GATHERING = {"fr": "Rassemblement {when}, {place}.", "en": "Gathering {when}, {place}."}
CONFIRMED = {"fr": "Confirmé {hour}.", "en": "Confirmed {hour}."}


def status_alert(case: SolidarityAlert, person: Person, now: datetime) -> Alert:
    """The alert that goes with the status to which the person just moved, as a draft that is not stored."""
    languages = [code for code, _name in settings.LANGUAGES if code in NEWS[person.status]]
    main = case.campaign.main_language
    return Alert(
        action_id=case.pk,
        purpose=Purpose.STATUS,
        title={code: pick(case.title, code, main)[:LONGEST_TITLE] for code in languages},
        body={code: _news(case, person, code, now) for code in languages},
        urgency=Urgency.HIGH,
        send_at=now.replace(second=0, microsecond=0),
        expires_at=now.replace(second=0, microsecond=0) + USEFUL_FOR,
    )


def _news(case: SolidarityAlert, person: Person, language: str, now: datetime) -> str:
    """As much as fits: what happened, where, where to come, when it was confirmed."""
    main = case.campaign.main_language
    happened, confirmed = (
        NEWS[person.status][language],
        CONFIRMED[language].format(hour=say_hour(case.checked_at, case.zone, language)),
    )
    where = pick(person.place, language, main) if person.status in ("summoned", "held") else ""
    place = f"{happened}, {where}." if where else f"{happened}."
    next_one = case.gatherings.filter(starts_at__gt=now).order_by("starts_at").first()
    gathering = ""
    if next_one and person.status != "dropped":
        when = say_moment(next_one.starts_at, case.zone, language, now)
        gathering = GATHERING[language].format(when=when, place=pick(next_one.name, language, main))
    # Whole if a locked phone shows all of it, else without the place; in the end only what happened.
    wishes = [(place, gathering, confirmed), (f"{happened}.", gathering, confirmed)]
    texts = [" ".join(part for part in parts if part) for parts in wishes]
    for limit in (BODY_SHOWN, LONGEST_BODY):
        for text in texts:
            if len(text) <= limit:
                return text
    return f"{happened}. {confirmed}"


def case_problems(alert: Alert) -> list[str]:
    """That it tells a status which is not the person's any more."""
    case = case_of(alert.action)
    step = None if case is None else _proposed_steps(case).get(alert.pk)
    if step is None or step.status == step.person.status:
        return []
    told, now = step.get_status_display(), step.person.get_status_display()
    text = _("It was written for the status “%(told)s”; the person's status is now “%(now)s”. Take the newer alert.")
    return [text % {"told": told, "now": now}]


def unconfirmed_problems(alert: Alert, now: datetime) -> list[str]:
    """That nobody confirmed the case lately: asked when it is scheduled. A correction may say just that."""
    case = case_of(alert.action)
    if case is None or alert.purpose == Purpose.CORRECTION or not case.is_unconfirmed(now):
        return []
    return [_("The case was last confirmed more than 24 hours ago. Confirm it first, on top of the page.")]


def _proposed_steps(case: SolidarityAlert) -> Mapping[int, PersonStep]:
    """{alert: the step it was proposed with}, read once for a case that is held in memory."""
    if KEPT_AS not in case.__dict__:
        steps = PersonStep.objects.filter(person__alert_case_id=case.pk, proposal__isnull=False)
        case.__dict__[KEPT_AS] = {step.proposal_id: step for step in steps.select_related("person")}
    kept: Mapping[int, PersonStep] = case.__dict__[KEPT_AS]
    return kept
