"""A campaign with one of everything, every address of the admin that names something of it, and who may go there.

A new address of the admin is walked by itself. What it takes of `<int:something_pk>` is said in MARKS, a row for it is
made in `make_world`, and where not every role may go is said in REFUSED.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from campaigns.admin.actions.buttons import ALERT_VERBS
from campaigns.models import (
    Act,
    Alert,
    AuditEntry,
    Campaign,
    Declaration,
    GuardedChange,
    Invitation,
    LiveNote,
    OrganiserInvitation,
    Person,
    PersonStatus,
    Role,
    Visibility,
)
from tests.make import (
    far,
    make_alert,
    make_broadcast,
    make_campaign,
    make_figure,
    make_gathering,
    make_hashtag_push,
    make_medium,
    make_member,
    make_official,
    make_outreach,
    make_person,
    make_rally_call,
    make_solidarity_alert,
    make_user,
)

# In all that the campaign says, and nowhere else.
SECRET = "Réunion secrète"
ACCOUNT = "account-elsewhere"


@dataclass
class World:
    """The campaign, its organisers by role, its actions (one of each kind), and what hangs on them."""

    campaign: Campaign
    organisers: dict[str, User]
    actions: list[Any]
    person: Person
    change: GuardedChange

    @property
    def owner(self) -> User:
        """Who answers for it."""
        return self.organisers[Role.OWNER]


def make_world() -> World:
    """Everything that an address can name, called by a name that nothing else has."""
    texts = {"fr": SECRET}
    campaign = make_campaign(name=texts, two_person=True, visibility=Visibility.LINK)
    organisers = {role: make_member(campaign, role, make_user(f"{ACCOUNT}-{role}")) for role in Role.values}
    case, rally = make_solidarity_alert(campaign, title=texts), make_rally_call(campaign, title=texts)
    others = [make(campaign, title=texts) for make in (make_hashtag_push, make_broadcast, make_outreach)]
    actions = [case, rally, *others]
    for action in actions:
        alert = make_alert(action, title=texts, send_at=far(1), expires_at=far(2))
        Alert.objects.filter(pk=alert.pk).update(started_at=far(-1))
        make_figure(action, label=texts)
        make_medium(action, alt=texts)
        LiveNote.objects.write(action, texts, timezone.now())
    make_gathering(rally)
    make_official(others[-1], name=SECRET)
    Invitation.objects.make(campaign, uses=1, expires_at=far(1))
    owner, approver = organisers[Role.OWNER], organisers[Role.APPROVER]
    OrganiserInvitation.objects.make(campaign, Role.EDITOR, owner, timezone.now())
    AuditEntry.objects.note(Act.PAUSED, campaign=campaign, by=owner, about=SECRET, text=SECRET)
    change = GuardedChange.objects.propose(campaign, owner, approver.memberships.get())
    return World(campaign, organisers, actions, make_person(case), change)


def _keys(rows: Any) -> list[str]:
    return [str(row.pk) for row in rows]


# What stands in an address for which rows: of the world, and of the row whose page it is below.
MARKS: dict[str, Callable[[World, Any], list[str]]] = {
    "<path:object_id>": lambda world, row: [str(row.pk)],
    "<int:pk>": lambda world, row: [str(row.pk)],
    "<int:alert_pk>": lambda world, row: _keys(row.alerts.all()),
    "<int:person_pk>": lambda world, row: [str(world.person.pk)],
    "<uuid:picture>": lambda world, row: [str(picture.uuid) for picture in row.pictures.all()],
    "<int:change_pk>": lambda world, row: [str(world.change.pk)],
    "<int:invitation_pk>": lambda world, row: _keys(Invitation.objects.filter(campaign=world.campaign)),
    "<int:organiser_invitation_pk>": lambda world, row: _keys(
        OrganiserInvitation.objects.filter(campaign=world.campaign)
    ),
    "<int:figure_pk>": lambda world, row: _keys(row.figures.all()),
    "<int:note_pk>": lambda world, row: _keys(row.live_notes.all()),
    "declaration/<slug:status>": lambda world, row: [f"declaration/{status}" for status in Declaration.values],
    "<int:member_pk>": lambda world, row: _keys(world.campaign.memberships.all()),
    "alerts/<int:alert_pk>/<slug:verb>": lambda world, row: [
        f"alerts/{alert.pk}/{verb}" for alert in row.alerts.all() for verb in ALERT_VERBS
    ],
    "persons/<int:person_pk>/<slug:verb>": lambda world, row: [
        f"persons/{world.person.pk}/{verb}" for verb in (*PersonStatus.values, "withdraw")
    ],
}

# Addresses (a pattern, and the method or none for both) that are refused to these roles of the campaign.
NOBODY, OWNERS, WRITERS = set(Role.values), {Role.EDITOR, Role.APPROVER}, {Role.APPROVER}
REFUSED: list[tuple[str, str | None, set[Any]]] = [
    # For site administrators, whatever their role in a campaign.
    (r"^/admin/site/", None, NOBODY),
    # What was published is cancelled, and a campaign is unpublished: nothing of it is deleted.
    (r"/delete/$", None, NOBODY),
    (r"/campaign/\d+/change/$", "post", OWNERS),
    (r"/campaign/(\d+/)?(audit|stop|organisers)/", None, OWNERS),
    (r"/autocomplete/$", None, NOBODY),
    (r"/campaign/\d+/inviting/change-link/", "post", OWNERS),
    (r"/delivery/resume-host/$", "post", OWNERS),
    (r"/officials/(confirm/|refuse/|remove/|stops/|release/)?$", "post", WRITERS),
]


def is_refused(address: str, method: str, role: str) -> bool:
    """Whether the role may not go there, by the first rule that speaks of the address."""
    for pattern, of_method, roles in REFUSED:
        if of_method in (None, method) and re.search(pattern, address):
            return role in roles
    return False


def patterns(under: str = "admin/") -> list[str]:
    """All patterns of the project's addresses that begin so."""
    return [pattern for pattern in _flatten(get_resolver().url_patterns, "") if pattern.startswith(under)]


def addresses_of(world: World) -> list[str]:
    """Every address that names something of the campaign. Fails where it is not said what a mark stands for."""
    found = []
    for pattern in patterns("admin/campaigns/"):
        model = pattern.split("/")[2]
        rows = [row for row in (world.campaign, *world.actions) if row._meta.model_name == model]
        assert rows, f"make_world makes nothing that {pattern} could be about"
        if "<" in pattern:
            found += [f"/{address}" for row in rows for address in _expand(pattern, world, row)]
    return found


def addresses_without_rows() -> list[str]:
    """The lists and forms that everybody who enters finds."""
    return [f"/{pattern}" for pattern in patterns() if "<" not in pattern and "^" not in pattern and "(" not in pattern]


def everything_stored() -> str:
    """All rows of ours: what a request has changed shows, whatever it was."""
    models = [model for label in ("accounts", "campaigns", "mfa") for model in apps.get_app_config(label).get_models()]
    return str([(model._meta.label, list(model._base_manager.order_by("pk").values_list())) for model in models])


def _flatten(found: Any, prefix: str) -> Iterator[str]:
    for pattern in found:
        if isinstance(pattern, URLResolver):
            yield from _flatten(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def _expand(pattern: str, world: World, row: Any) -> list[str]:
    for mark in sorted(MARKS, key=len, reverse=True):
        if mark in pattern:
            values = MARKS[mark](world, row)
            assert values, f"make_world makes nothing that {mark} of {pattern} could stand for"
            return [address for value in values for address in _expand(pattern.replace(mark, value), world, row)]
    unknown = re.findall(r"<[^>]+>", pattern)
    assert not unknown, f"say in tests/admin_world.py what {unknown[0]} of {pattern} stands for"
    return [pattern]
