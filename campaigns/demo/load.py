"""Loads the demo's files into the tables. Rows are known again by ids made from their keys."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import models, transaction

from campaigns import rules
from campaigns.demo.moments import moment
from campaigns.demo.officials import load_officials
from campaigns.demo.pictures import draw
from campaigns.kinds import Kind
from campaigns.models import (
    Action,
    ActionState,
    Alert,
    AlertState,
    Broadcast,
    Campaign,
    Gathering,
    HashtagPush,
    Medium,
    Outreach,
    Person,
    Picture,
    RallyCall,
    SolidarityAlert,
    Tally,
)
from campaigns.models.action import make_participation_key

FILES = ("500-signatures.toml", "piquet.toml")
MODELS: dict[str, type[Action]] = {
    Kind.HASHTAG_PUSH: HashtagPush,
    Kind.RALLY_CALL: RallyCall,
    Kind.SOLIDARITY_ALERT: SolidarityAlert,
    Kind.BROADCAST: Broadcast,
    Kind.OUTREACH: Outreach,
}
MOMENTS = (
    "starts_at",
    "ends_at",
    "reveal_at",
    "checked_at",
    "at",
    "goal_reached_as_of",
    "goal_deadline",
    "published_as_of",
)
# What is stored in rows of its own, or is not a column.
PARTS = (
    "actions",
    "key",
    "kind",
    "alerts",
    "tally",
    "links",
    "media",
    "figures",
    "gatherings",
    "officials",
    "persons",
    "steps",
    "consented_on",
    "successor",
)
TALLY_STEPS = 12
TIMING = ("anchor", "offset", "send_at", "expires_at")

Row = dict[str, Any]
Model = TypeVar("Model", bound=models.Model)


def demo_files() -> list[Row]:
    """What the demo's files say, as it stands there."""
    return [tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8")) for name in FILES]


def is_loaded() -> bool:
    """Whether any campaign of the demo is there."""
    return Campaign.objects.filter(slug__in=[data["slug"] for data in demo_files()]).exists()


@transaction.atomic
def load(now: datetime) -> list[Campaign]:
    """Stores what is missing of the demo, and moves the dates of what is there. Texts that are there stay."""
    return [_load_campaign(data, now) for data in demo_files()]


def _load_campaign(data: Row, now: datetime) -> Campaign:
    texts, moments = _columns(data, now)
    campaign, _ = Campaign.objects.update_or_create(
        slug=texts.pop("slug"), defaults=moments, create_defaults={**texts, **moments, "published": True}
    )
    for action in data["actions"]:
        _load_action(campaign, action, now)
    for action in data["actions"]:
        if "successor" in action:
            _lead(f"{campaign.slug}/{action['key']}", f"{campaign.slug}/{action['successor']}")
    return campaign


def _lead(key: str, successor: str) -> None:
    """What the organisers chose instead stays."""
    leads_to = Action.objects.get(uuid=_uuid(successor))
    Action.objects.filter(uuid=_uuid(key), successor=None).update(successor=leads_to)


def _load_action(campaign: Campaign, data: Row, now: datetime) -> None:
    texts, moments = _columns(data, now)
    key = f"{campaign.slug}/{data['key']}"
    action, new = _store(
        MODELS[data["kind"]], key, {**texts, "campaign": campaign, "state": ActionState.PUBLISHED}, moments
    )
    if action.participation_key is None:
        # Its retention days were over; now it lasts again.
        action.participation_key = make_participation_key()
        action.save(update_fields=["participation_key"])
    for number, gathering in enumerate(data.get("gatherings", ())):
        place, hours = _columns(gathering, now)
        _store(Gathering, f"{key}/gathering/{number}", {**place, "action_id": action.pk}, hours)
    for number, person in enumerate(data.get("persons", ())):
        _load_person(f"{key}/person/{number}", action, person, now)
    if isinstance(action, Outreach):
        load_officials(action, data.get("officials", ()))
    if new:
        _add_links_and_sums(action, data, now)
    _draft_alerts(action, data.get("alerts", ()), now)


def _columns(data: Row, now: datetime) -> tuple[Row, Row]:
    """(columns, columns that hold moments), ready to be stored."""
    moments = {name: moment(data[name], now) for name in MOMENTS if name in data}
    texts = {name: _stripped(value) for name, value in data.items() if name not in (*MOMENTS, *PARTS)}
    return texts, moments


def _stripped(value: Any) -> Any:
    """Texts without the line break that follows their opening quotes."""
    if not isinstance(value, dict):
        return value
    return {code: text.strip() if isinstance(text, str) else text for code, text in value.items()}


def _store(model: type[Model], key: str, texts: Row, moments: Row) -> tuple[Model, bool]:
    return model._default_manager.update_or_create(
        uuid=_uuid(key), defaults=moments, create_defaults={**texts, **moments, "uuid": _uuid(key)}
    )


def _uuid(key: str) -> UUID:
    """The same in every demo: its links can be passed from one machine to another."""
    return uuid5(NAMESPACE_URL, f"https://mobilise.example/demo/{key}")


def _load_person(key: str, action: Action, data: Row, now: datetime) -> None:
    texts, moments = _columns(data, now)
    if "consented_on" in data:
        texts["consented_on"] = moment(data["consented_on"], now).date()
    person, new = _store(Person, key, {**texts, "alert_case_id": action.pk}, moments)
    if new:
        for step in data["steps"][1:]:
            person.become(step["status"], now)
    for row, step in zip(person.steps.all(), data["steps"], strict=False):
        row.at = moment(step["at"], now)
        row.save(update_fields=["at"])


def _add_links_and_sums(action: Action, data: Row, now: datetime) -> None:
    for link in data.get("links", ()):
        action.links.create(**link)
    for position, described in enumerate(data.get("media", ())):
        _add_medium(action, {**described, "position": position})
    for figure in data.get("figures", ()):
        action.figures.create(**{**figure, "as_of": moment(figure["as_of"], now)})
    sums = data.get("tally", {})
    since = moment(sums.get("since", "now"), now)
    for stage in (stage for stage in ("joined", "done") if sums.get(stage)):
        # As it would have come in: spread over an hour, the rest in the last step.
        share, rest = divmod(sums[stage], TALLY_STEPS)
        for step in range(TALLY_STEPS):
            count = share + (rest if step == TALLY_STEPS - 1 else 0)
            at = since + timedelta(minutes=5 * step)
            Tally.objects.add(action, 0, stage, at, total=count, counted=count)


def _add_medium(action: Action, described: Row) -> None:
    drawing = described.pop("drawing", None)
    medium = Medium.objects.create(action=action, **described)
    if drawing:
        Picture.objects.keep(medium, draw(drawing))


def _draft_alerts(action: Action, purposes: tuple[str, ...], now: datetime) -> None:
    """The proposed alerts of these purposes, as drafts; drafts that are there get the new hours."""
    for proposed in rules.proposed_alerts(action, now):
        if proposed.purpose not in purposes:
            continue
        stored = action.alerts.filter(purpose=proposed.purpose).order_by("-pk").first()
        if stored is None or not stored.is_editable:
            proposed.save()
            continue
        if stored.state != AlertState.DRAFT:
            stored.return_to_draft()
        Alert.objects.filter(pk=stored.pk).update(**{name: getattr(proposed, name) for name in TIMING})
