"""A database that comes from a backup: what must not happen because of what it does not know."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from accounts.models import Device, Subscription, User
from accounts.models.subscription import BLOB_PURPOSE, possible_digests
from campaigns.models import Alert, AlertState, Approval, Campaign, Heartbeat, Person, SolidarityAlert
from campaigns.rules import places_of_withheld_names
from mobilise.fields.rotation import SealedColumn, encrypted_columns, try_keys

VALUES_TRIED = 20


@dataclass(frozen=True, slots=True)
class Held:
    """How many alerts wait for a person now: some that were being sent, some whose minute was over."""

    paused: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A case, how many persons it named, and how many texts of its campaign may hold their names still."""

    case: SolidarityAlert
    names: int
    texts: int


@dataclass(frozen=True, slots=True)
class Keys:
    """How many encrypted values were tried, how many opened with none of FIELD_KEYS, and whether INDEX_KEY fits."""

    tried: int
    unreadable: int
    index_fits: bool


def holds_data() -> bool:
    """Whether somebody would miss what is in the database."""
    there = set(connection.introspection.table_names())
    return any(model._meta.db_table in there and model.objects.exists() for model in (User, Campaign, Device))


def holding(now: datetime) -> list[str]:
    """SQL that holds what would be sent, or shown of persons, for tables of any version: before anybody sees the rows.

    Its first two statements pause and withdraw alerts. `settle` does the rest, and what comes due until then;
    `take_names_back` what needs the keys.
    """
    # As SQLite's column has it, and as PostgreSQL reads it.
    moment = now.astimezone(UTC).isoformat(sep=" ", timespec="microseconds")
    alert, approval, person = (model._meta.db_table for model in (Alert, Approval, Person))
    paused, sending, draft, scheduled = AlertState.PAUSED, AlertState.SENDING, AlertState.DRAFT, AlertState.SCHEDULED
    due = f"state = '{scheduled}' AND send_at <= '{moment}' AND expires_at > '{moment}'"
    return [
        f"UPDATE {alert} SET state = '{paused}' WHERE state = '{sending}'",  # noqa: S608  # words of our own
        f"UPDATE {alert} SET state = '{draft}', scheduled_digest = '' WHERE {due}",  # noqa: S608
        f"DELETE FROM {approval} WHERE alert_id IN (SELECT id FROM {alert} WHERE state = '{draft}')",  # noqa: S608
        f"UPDATE {person} SET consented_on = NULL",  # noqa: S608
    ]


@transaction.atomic
def settle(now: datetime) -> Held:
    """Makes the past harmless.

    Alerts that were under way may have been sent since: no phone rings again before a person says so. Whoever was
    signed out since does not come back in. Needs no key.
    """
    # Not before: older versions have no such table. Until then a doorbell finds its alert held.
    DBTaskResult.objects.all().delete()
    sending, due = list(Alert.objects.in_flight()), list(Alert.objects.due(now))
    for alert in sending:
        alert.pause()
    for alert in due:
        alert.return_to_draft()
    Session.objects.all().delete()
    DBTaskResult.objects.all().delete()
    Heartbeat.objects.all().delete()
    return Held(len(sending), len(due))


@transaction.atomic
def take_names_back() -> list[Unnamed]:
    """Persons are "one person" until somebody asks each again: a consent may have been withdrawn since.

    Their names are withheld as withdrawn ones are. Texts are left as they are: most were never to be changed.
    """
    names: Counter[SolidarityAlert] = Counter()
    for person in Person.objects.select_related("alert_case__campaign"):
        if person.name:
            person.name, person.consent_how, person.consented_on = "", "", None
            person.save(update_fields=["name", "consent_how", "consented_on"])
            names[person.alert_case] += 1
    return [Unnamed(case, number, len(places_of_withheld_names(case))) for case, number in names.items()]


def look_at_keys() -> Keys:
    """Tries the keys of the settings on the newest encrypted values of each column."""
    columns = [*encrypted_columns(), SealedColumn(Subscription, "blob", BLOB_PURPOSE)]
    tried = [try_keys(column, VALUES_TRIED) for column in columns]
    unreadable = sum(closed for _, closed in tried)
    newest = None if unreadable else Subscription.objects.order_by("-pk").first()
    fits = newest is None or bytes(newest.endpoint_digest) in possible_digests(newest.keys.endpoint)
    return Keys(sum(number for number, _ in tried), unreadable, fits)
