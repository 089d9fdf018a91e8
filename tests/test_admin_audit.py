"""The audit log: which organiser did what, with the text that was sent; nobody changes it, and it is forgotten."""

from datetime import timedelta

import pytest
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from campaigns.delivery.beginning import begin
from campaigns.models import (
    Act,
    AuditEntry,
    GuardedChange,
    OrganiserInvitation,
    Participation,
    Role,
    Stage,
)
from campaigns.retention import forget
from mobilise.sealed import Sealed
from tests.admin_pages import Organiser, add_row, page_of, parse
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_person,
    make_rally_call,
    make_solidarity_alert,
    make_subscription,
    make_user,
)

pytestmark = pytest.mark.django_db


def noted(campaign):
    """(act, actor) of all that was noted, in the order in which it happened."""
    return [(entry.act, entry.actor) for entry in campaign.audit_entries.order_by("pk")]


def make_place():
    """A campaign, its owner at the admin, an action with one alert that is due within the hour."""
    campaign = make_campaign()
    owner = Organiser(make_member(campaign, user=make_user("camille")))
    push = make_hashtag_push(campaign)
    return campaign, owner, push, make_alert(push, send_at=far(1), expires_at=far(2))


def test_it_notes_an_alert_s_life_with_the_text_that_was_sent():
    campaign, owner, push, alert = make_place()
    owner.send(page_of(push), "_schedule", str(alert.pk))
    type(alert).objects.filter(pk=alert.pk).update(send_at=timezone.now())
    alert.refresh_from_db()
    type(alert).objects.filter(pk=alert.pk).update(scheduled_digest=alert.digest)
    assert begin(alert.pk, timezone.now())
    for verb in ("pause", "resume", "cancel"):
        owner.press(page_of(push, "alert", alert.pk, verb))
    assert noted(campaign) == [
        ("scheduled", "camille"),
        ("sending_began", ""),
        ("paused", "camille"),
        ("resumed", "camille"),
        ("cancelled", "camille"),
    ]
    sent = campaign.audit_entries.get(act=Act.SENDING_BEGAN)
    assert "Dix-huit heures." in sent.text
    assert "Six o'clock." in sent.text
    assert sent.about == "C'est l'heure"


def test_it_notes_who_asked_for_an_approval_and_who_gave_it():
    campaign = make_campaign(two_person=True, two_person_above=0)
    device = make_device()
    make_follow(campaign, device)
    make_subscription(device)
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    editor = Organiser(make_member(campaign, Role.EDITOR, make_user("eli")))
    approver = Organiser(make_member(campaign, Role.APPROVER, make_user("ada")))
    editor.send(page_of(push), "_schedule", str(alert.pk))
    approver.press(page_of(push, "approval", alert.pk), answer="approve", digest=alert.digest)
    editor.press(page_of(push, "alert", alert.pk, "draft"))
    assert noted(campaign) == [("approval_asked", "eli"), ("approved", "ada"), ("returned_to_draft", "eli")]


def test_it_notes_nothing_of_what_was_refused():
    campaign, owner, push, alert = make_place()
    owner.press(page_of(push, "alert", alert.pk, "pause"))
    owner.press(page_of(push, "approval", alert.pk), answer="approve", digest=alert.digest)
    assert noted(campaign) == []


def test_it_notes_what_becomes_of_an_action_and_of_its_persons():
    campaign, owner, push, _ = make_place()
    case = make_solidarity_alert(campaign, state="draft")
    person = make_person(case, name="Anasse", consented_on=timezone.localdate())
    owner.send(page_of(case), title_fr="Demain")
    owner.send(page_of(case), "_publish")
    owner.press(f"{page_of(case)[: -len('change/')]}persons/{person.pk}/held/")
    owner.press(f"{page_of(case)[: -len('change/')]}persons/{person.pk}/withdraw/")
    owner.press(page_of(push, "cancel"))
    acts = ["action_changed", "published", "person_moved", "case_confirmed", "consent_withdrawn", "action_cancelled"]
    assert [act for act, actor in noted(campaign) if actor == "camille"] == acts
    assert not [entry for entry in campaign.audit_entries.all() if "Anasse" in entry.text + entry.about]


def fields_of(organiser, row):
    return {name: text for name, text in parse(organiser.get(page_of(row))).fields.items() if "__prefix__" not in name}


def test_it_notes_what_becomes_of_the_rows_of_an_action():
    campaign, owner, _, _ = make_place()
    rally = make_rally_call(campaign)
    make_gathering(rally)
    owner.send(page_of(rally), **{"gatherings-0-address": "Ailleurs", "gatherings-0-departement": "13"})
    link = {"label_fr": "La caisse", "url": "https://caisse.example/", "position": "1"}
    owner.post(page_of(rally), {**add_row(fields_of(owner, rally), "links", **link), "_save": "1"})
    owner.post(page_of(rally), {**fields_of(owner, rally), "gatherings-0-DELETE": "on", "_save": "1"})
    owner.send(page_of(rally))
    texts = campaign.audit_entries.order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["gathering: Address, Departement", "link added", "gathering deleted"]
    assert noted(campaign) == [("action_changed", "camille")] * 3


def test_it_notes_a_draft_of_an_alert_that_is_deleted_with_its_text():
    campaign, owner, push, _ = make_place()
    owner.post(page_of(push), {**fields_of(owner, push), "alerts-0-DELETE": "on", "_save": "1"})
    assert noted(campaign) == [("alert_deleted", "camille")]
    assert "Dix-huit heures." in campaign.audit_entries.get().text


def test_it_notes_what_changes_of_a_person_but_not_the_name():
    campaign, owner, _, _ = make_place()
    case = make_solidarity_alert(campaign)
    make_person(case)
    given = {"name": "Anasse", "consented_on": timezone.localdate().isoformat(), "consent_how": "by phone"}
    owner.send(page_of(case), **{f"persons-0-{name}": value for name, value in given.items()})
    entry = campaign.audit_entries.get()
    assert (entry.act, entry.actor) == ("action_changed", "camille")
    assert entry.text.startswith("person: ")
    assert "Anasse" not in entry.text + entry.about


def test_it_notes_who_deleted_a_name_in_the_form():
    campaign, owner, _, _ = make_place()
    make_person(make_solidarity_alert(campaign), name="Anasse", consented_on=timezone.localdate())
    case = campaign.actions.get(kind="solidarity_alert").solidarityalert
    owner.send(page_of(case), **{"persons-0-name": ""})
    assert noted(campaign) == [("consent_withdrawn", "camille"), ("action_changed", "camille")]


def test_it_notes_who_moved_what_was_scheduled():
    campaign, owner, _, _ = make_place()
    push = make_hashtag_push(campaign, starts_at=far(10), ends_at=far(12))
    alert = make_alert(push, send_at=far(9), expires_at=far(10), anchor="start", offset=timedelta(hours=-1))
    alert.schedule(owner.user, timezone.now(), needs_approval=False)
    hours = {"starts_at": timezone.localtime(far(34)), "ends_at": timezone.localtime(far(36))}
    owner.send(page_of(push), **{name: at.strftime("%Y-%m-%dT%H:%M") for name, at in hours.items()})
    acts = ["scheduled", "action_changed", "returned_to_draft", "scheduled"]
    assert noted(campaign) == [(act, "camille") for act in acts]


def test_it_notes_organisers_who_are_invited_change_and_go():
    campaign, owner, _, _ = make_place()
    code = OrganiserInvitation.objects.make(campaign, Role.EDITOR, owner.user, timezone.now())
    member = OrganiserInvitation.objects.find(code, timezone.now()).accept(make_user("eli"))
    page = page_of(campaign, "organisers")
    owner.press(f"{page}{member.pk}/role/", role="approver")
    owner.press(f"{page}{member.pk}/remove/")
    acts = [("invited", "camille"), ("member_added", "eli"), ("role_changed", "camille"), ("member_removed", "camille")]
    assert noted(campaign) == acts
    about = [entry.about.partition(":")[0] for entry in campaign.audit_entries.order_by("pk")]
    assert about == ["editor", "eli", "eli", "eli"]
    assert code not in "".join(entry.text + entry.about for entry in campaign.audit_entries.all())


def test_it_notes_a_guarded_change_and_its_second_person():
    campaign = make_campaign(two_person=True)
    owner = make_member(campaign, user=make_user("camille"))
    second = Organiser(make_member(campaign, Role.APPROVER, make_user("ada")))
    change = GuardedChange.objects.propose(campaign, owner)
    GuardedChange.objects.propose(campaign, owner)
    second.press(f"{page_of(campaign)[: -len('change/')]}guarded/{change.pk}/confirm/")
    assert noted(campaign) == [("guarded_proposed", "camille"), ("guarded_confirmed", "ada")]


def test_it_notes_a_campaign_that_is_made_and_changed():
    owner = Organiser(make_user("camille"))
    texts = {"name_fr": "Un", "run_by_fr": "Nous", "contact": "x@y.example", "slug": "un"}
    owner.send("/admin/campaigns/campaign/add/", **texts)
    campaign = owner.user.memberships.get().campaign
    owner.send(page_of(campaign), contact="z@y.example")
    assert noted(campaign) == [("campaign_made", "camille"), ("campaign_changed", "camille")]
    assert campaign.audit_entries.get(act=Act.CAMPAIGN_CHANGED).text == "How to reach them"


def test_it_encrypts_who_did_it_and_what_was_sent():
    campaign, owner, _, _ = make_place()
    AuditEntry.objects.note(Act.SCHEDULED, campaign=campaign, by=owner.user, about="Ce soir", text="Place rouge")
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, about, text FROM campaigns_auditentry")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert len(stored) > 3 * 20
    assert not [word for word in (b"camille", b"soir", b"rouge") if word in stored]


def test_it_is_neither_changed_nor_deleted():
    campaign, owner, _, _ = make_place()
    entry = AuditEntry.objects.note(Act.PAUSED, campaign=campaign, by=owner.user)
    entry.text = "something else"
    entries = AuditEntry.objects.all()
    for refused in (
        entry.save,
        entry.delete,
        entries.delete,
        lambda: entries.update(text=""),
        lambda: entries.bulk_update([entry], ["text"]),
        lambda: campaign.audit_entries.all().delete(),
        lambda: campaign.audit_entries.update(text=""),
    ):
        with pytest.raises(Sealed):
            refused()
    assert AuditEntry.objects.get().text == ""


def test_it_is_forgotten_after_its_days(settings):
    settings.AUDIT_DAYS = 30
    campaign, owner, _, _ = make_place()
    now = timezone.now()
    old = AuditEntry.objects.note(Act.PAUSED, campaign=campaign, by=owner.user)
    models.QuerySet(AuditEntry).filter(pk=old.pk).update(at=now - timedelta(days=30, seconds=1))
    young = AuditEntry.objects.note(Act.RESUMED, campaign=campaign, by=owner.user)
    models.QuerySet(AuditEntry).filter(pk=young.pk).update(at=now - timedelta(days=29, hours=23))
    forget(now)
    assert [entry.pk for entry in AuditEntry.objects.all()] == [young.pk]


def test_it_is_shown_to_owners_the_latest_first():
    campaign, owner, _, _ = make_place()
    for act in (Act.SCHEDULED, Act.PAUSED):
        AuditEntry.objects.note(act, campaign=campaign, by=owner.user, about="Ce soir", text="<b>Venez</b>")
    AuditEntry.objects.note(Act.CANCELLED, campaign=make_campaign(), by=None, about="Ailleurs")
    page = owner.get(page_of(campaign, "audit"))
    text = parse(page).text
    assert page.status_code == 200
    assert text.index("camille paused an alert") < text.index("camille scheduled an alert")
    assert text.count("Ce soir") == 2
    assert "<b>Venez</b>" in text
    assert "Ailleurs" not in text
    assert page_of(campaign, "audit") in owner.get(page_of(campaign)).content.decode()


def test_it_shows_one_kind_of_act_when_asked():
    campaign, owner, _, _ = make_place()
    for act in (Act.SCHEDULED, Act.PAUSED):
        AuditEntry.objects.note(act, campaign=campaign, by=owner.user, about="Ce soir")
    text = parse(owner.get(page_of(campaign, "audit"), {"act": "paused"})).text
    assert "camille paused an alert" in text
    assert "camille scheduled an alert" not in text
    assert "camille scheduled an alert" in parse(owner.get(page_of(campaign, "audit"), {"act": "no such act"})).text


def test_it_has_pages():
    campaign, owner, _, _ = make_place()
    for number in range(51):
        AuditEntry.objects.note(Act.PAUSED, campaign=campaign, by=owner.user, about=f"Alerte {number:02}.")
    first, second = (parse(owner.get(page_of(campaign, "audit"), {"act": "paused", "page": n})) for n in (1, 2))
    assert "Alerte 50." in first.text
    assert "Alerte 00." not in first.text
    assert "Alerte 00." in second.text
    assert ("a", "?page=2&act=paused") in [(tag, values.get("href")) for tag, values in first.elements]


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 403), (Role.APPROVER, 403), (None, 404)])
def test_it_is_shown_to_nobody_else(role, status):
    campaign = make_campaign()
    user = make_member(campaign, role) if role else make_member(make_campaign())
    assert Organiser(user).get(page_of(campaign, "audit")).status_code == status
    assert Client().get(page_of(campaign, "audit")).status_code == 302
    assert "/audit/" not in Organiser(user).get(page_of(campaign), follow=True).content.decode()


def test_it_names_no_activist():
    campaign, _, push, _ = make_place()
    device = make_device()
    make_follow(campaign, device)
    Participation.objects.take_part(push, device, Stage.JOINED, None, verified=True, now=timezone.now())
    assert noted(campaign) == []
