"""A name needs a dated consent; when that is withdrawn it goes everywhere, and does not come back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.demo.load import load
from campaigns.models import ActionLink, Alert, LiveNote, Medium, Person, Picture, WithheldName
from campaigns.models.cases.withdrawal import withdraw_consent
from campaigns.models.cases.wordings import belonging
from campaigns.retention import forget
from mobilise.ready import ready_answers
from tests.admin_pages import Organiser, add_row, page_of, parse, said
from tests.api import ApiClient, get_json
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_person,
    make_picture,
    make_rally_call,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db
NAME = "Camille Durand"
TODAY = timezone.localdate()
NAMED = {"fr": "Soutien à Camille Durand", "en": "Support for Camille D."}


def make_case(**values):
    """An owner, a solidarity alert, and a person who is named in it."""
    campaign = make_campaign()
    case = make_solidarity_alert(campaign, **values)
    return Organiser(make_member(campaign)), case, make_person(case, name=NAME, consented_on=TODAY)


def withdraw(owner, case, person):
    """The button. The page that follows."""
    return owner.post(page_of(case).replace("/change/", f"/persons/{person.pk}/withdraw/"), follow=True)


def everything_stored():
    """All rows of all tables, as text, but for what is encrypted."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith("campaigns_")]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # names of our own tables
            rows += [(table, row) for row in cursor.fetchall()]
    return "\n".join(str(row) for row in rows)


# ---- giving it


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": NAME}, "A name needs the person&#x27;s consent and its date."),
        ({"name": NAME, "consented_on": "2020-02-20"}, "Write how the consent was given"),
        ({"name": NAME, "consented_on": "2131-01-01", "consent_how": "x"}, "A consent is not given in the future."),
    ],
)
def test_a_name_needs_a_consent_with_its_day_and_how_it_was_given(values, reason):
    campaign = make_campaign()
    case = make_solidarity_alert(campaign)
    person, owner = make_person(case), Organiser(make_member(campaign))
    page = owner.send(page_of(case), **{f"persons-0-{name}": value for name, value in values.items()})
    assert reason in page.content.decode()
    person.refresh_from_db()
    assert person.public_name is None


def test_with_all_of_it_the_name_is_shown_and_stored_encrypted():
    campaign = make_campaign()
    case = make_solidarity_alert(campaign)
    make_person(case)
    values = {"name": NAME, "consented_on": str(TODAY), "consent_how": "à voix haute, à Lou"}
    Organiser(make_member(campaign)).send(page_of(case), **{f"persons-0-{key}": text for key, text in values.items()})
    assert Person.objects.get().public_name == NAME
    assert get_json(f"actions/{case.uuid}")["solidarity_alert"]["persons"][0]["name"] == NAME
    stored = everything_stored()
    assert "Durand" not in stored
    assert "Lou" not in stored


def test_a_withdrawn_consent_needs_a_new_one():
    owner, case, person = make_case()
    Person.objects.filter(pk=person.pk).update(consented_on=TODAY - timedelta(days=9))
    withdraw(owner, case, person)
    person.refresh_from_db()
    assert (person.consented_on, person.withdrawn_on) == (TODAY - timedelta(days=9), TODAY)
    again = {"persons-0-name": NAME, "persons-0-consent_how": "by phone"}
    page = owner.send(page_of(case), **again)
    assert "The consent was withdrawn since: a name needs a new one." in page.content.decode()
    owner.send(page_of(case), **again, **{"persons-0-consented_on": str(TODAY)})
    assert Person.objects.get().public_name == NAME


# ---- taking it back


def test_it_goes_from_every_text_of_the_case():
    owner, case, person = make_case(
        title=NAMED, summary=NAMED, what_to_do={"fr": "Écrivez à C. Durand"}, source="la sœur de Camille"
    )
    make_gathering(case, name=NAMED, practical={"fr": "Camille sort à 9 h"}, address="Chez Camille Durand")
    ActionLink.objects.create(action=case, label=NAMED, url="https://comite.example/")
    Medium.objects.create(action=case, kind="clip", url="https://comite.example/c", alt=NAMED)
    make_picture(make_gathering(case, picture_alt=NAMED))
    Medium.objects.create(action=case, kind="picture", alt=NAMED)
    make_alert(case, title=NAMED, body=NAMED)
    page = withdraw(owner, case, person)
    stored = everything_stored()
    for word in ("Camille", "Durand", "C. D"):
        assert word not in stored
    case.refresh_from_db()
    assert (case.title["fr"], case.title["en"]) == ("Soutien à une personne", "Support for one person")
    assert Medium.objects.values_list("kind", flat=True).get() == "clip"
    assert not Picture.objects.exists()
    assert "Camille" not in page.content.decode()
    assert any("It stood in 9 texts" in text for text in said(page)), said(page)
    assert any("2 pictures that named them are deleted" in text for text in said(page))


def test_what_everybody_sees_is_without_it_at_once():
    owner, case, person = make_case(title=NAMED, summary=NAMED)
    paths = ["feed", f"campaigns/{case.campaign.slug}/feed", f"actions/{case.uuid}"]
    assert all(b"Durand" in ApiClient().call("GET", path).content for path in paths)
    withdraw(owner, case, person)
    # What was built before is given for a second at most.
    ready_answers.clear()
    answers = [ApiClient().call("GET", path) for path in [*paths, f"actions/{case.uuid}/pulse"]]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not [answer for answer in answers if b"Camille" in answer.content or b"Durand" in answer.content]


def test_it_is_refused_in_a_correction_beside_the_field():
    owner, case, person = make_case()
    alert = make_alert(case)
    Alert.objects.filter(pk=alert.pk).update(state="sent", started_at=timezone.now(), last_device=7)
    withdraw(owner, case, person)
    changes = {"title_fr": "Correction : Camille D.", "body_fr": "Camille Durand est sortie."}
    page = owner.send(page_of(case, "correct", alert.pk), **changes)
    assert not alert.corrections.exists()
    assert sorted(page.context["form"].errors) == ["body", "title"]
    assert parse(page).fields["body_fr"] == "Camille Durand est sortie."


def test_waiting_alerts_that_hold_it_are_drafts_again_and_say_why():
    owner, case, person = make_case(starts_at=far(5), ends_at=far(9))
    named, other = (make_alert(case, send_at=far(1), expires_at=far(2)) for _ in range(2))
    Alert.objects.filter(pk=named.pk).update(body=NAMED)
    for alert in (named, other):
        alert.refresh_from_db()
        alert.schedule(owner.user, timezone.now(), needs_approval=False)
    page = withdraw(owner, case, person)
    named.refresh_from_db()
    other.refresh_from_db()
    assert (named.state, other.state) == ("draft", "scheduled")
    assert named.body["fr"] == "Soutien à une personne"
    assert any("held it: it is a draft again" in text for text in said(page))


def test_what_is_being_sent_with_it_stops_and_what_was_sent_is_to_be_replaced():
    owner, case, person = make_case()
    sending, sent = make_alert(case, body=NAMED), make_alert(case, body=NAMED)
    Alert.objects.filter(pk=sending.pk).update(state="sending", started_at=timezone.now(), last_device=7)
    Alert.objects.filter(pk=sent.pk).update(state="sent", started_at=timezone.now(), last_device=7)
    for _ in range(2):
        page = withdraw(owner, case, person)
    sending.refresh_from_db()
    assert sending.state == "cancelled"
    corrections = {one.corrects_id: one for one in Alert.objects.filter(purpose="correction")}
    assert set(corrections) == {sending.pk, sent.pk}
    assert {one.state for one in corrections.values()} == {"draft"}
    assert corrections[sent.pk].tag == sent.uuid
    assert corrections[sent.pk].title["fr"].startswith("Correction")
    html = page.content.decode()
    assert html.count('name="_schedule"') >= 2
    assert "Durand" not in html


def test_an_alert_whose_card_carries_it_is_paused():
    owner, case, person = make_case(summary=NAMED)
    alert = make_alert(case)
    Alert.objects.filter(pk=alert.pk).update(state="sending", started_at=timezone.now(), last_device=7)
    withdraw(owner, case, person)
    alert.refresh_from_db()
    assert alert.state == "paused"


def test_elsewhere_in_the_campaign_the_whole_name_goes_and_the_rest_is_listed():
    owner, case, person = make_case()
    rally = make_rally_call(case.campaign, title={"fr": "Avec Camille Durand"}, summary={"fr": "Camille et les autres"})
    make_hashtag_push(case.campaign, title={"fr": "Rien de tel"})
    foreign = make_rally_call(title={"fr": "Avec Camille Durand"})
    page = withdraw(owner, case, person)
    rally.refresh_from_db()
    foreign.refresh_from_db()
    assert (rally.title["fr"], rally.summary["fr"]) == ("Avec une personne", "Camille et les autres")
    assert foreign.title["fr"] == "Avec Camille Durand"
    html = page.content.decode()
    assert "Where a withdrawn name may still stand" in html
    assert page_of(rally) in html


def test_it_goes_from_the_log_too():
    owner, case, person = make_case(title=NAMED)
    alert = make_alert(case, body=NAMED, send_at=far(1), expires_at=far(2))
    owner.send(page_of(case), "_schedule", str(alert.pk))
    rally = make_rally_call(case.campaign, title={"fr": "Avec Camille Durand"})
    owner.send(page_of(rally), title_en="With Camille Durand")
    entries = case.campaign.audit_entries
    assert not [entry for entry in entries.filter(act="scheduled") if "Durand" in entry.about + entry.text]
    withdraw(owner, case, person)
    assert entries.count() >= 3
    assert not [entry for entry in entries.all() if "Durand" in entry.about + entry.text]


def test_a_name_deleted_in_the_form_is_a_consent_withdrawn():
    owner, case, _ = make_case(summary=NAMED)
    page = owner.send(page_of(case), **{"persons-0-name": ""})
    case.refresh_from_db()
    assert case.summary["fr"] == "Soutien à une personne"
    assert Person.objects.get().withdrawn_on == TODAY
    assert any(text.startswith("The name is removed") for text in said(page))


def test_so_is_a_person_deleted_in_the_form():
    owner, case, _ = make_case(summary=NAMED)
    fields = {name: text for name, text in parse(owner.get(page_of(case))).fields.items() if "__prefix__" not in name}
    owner.post(page_of(case), {**fields, "persons-0-DELETE": "on", "_save": "1"}, follow=True)
    case.refresh_from_db()
    assert not Person.objects.exists()
    assert case.summary["fr"] == "Soutien à une personne"
    assert WithheldName.objects.count() == 1


def test_the_namesake_who_agreed_keeps_their_name():
    owner, case, person = make_case(summary={"fr": "Camille Durand et Camille Petit"})
    make_person(case, name="Camille Petit", consented_on=TODAY)
    withdraw(owner, case, person)
    case.refresh_from_db()
    assert case.summary["fr"] == "Une personne et Camille Petit"
    page = owner.send(page_of(case), summary_fr="Camille sort")
    case.refresh_from_db()
    assert case.summary["fr"] == "Camille sort", page.content.decode()


# ---- and afterwards


@pytest.mark.parametrize("text", ["Pour Camille", "Pour C. D.", "pour camille durand", "Venez #AvecCamille"])
@pytest.mark.parametrize("field", ["title_fr", "summary_fr", "what_to_do_fr", "source", "alerts-0-body_fr"])
def test_it_cannot_be_written_again(field, text):
    owner, case, person = make_case()
    make_alert(case, send_at=far(1), expires_at=far(2))
    withdraw(owner, case, person)
    page = owner.send(page_of(case), **{field: text})
    html = page.content.decode()
    assert "of somebody whose consent was taken back" in html
    assert text in html, "what was typed is lost"
    assert text not in everything_stored()


def test_nor_in_a_live_note():
    owner, case, person = make_case()
    LiveNote.objects.create(action=case, text=NAMED, at=timezone.now())
    withdraw(owner, case, person)
    assert [note.text for note in LiveNote.objects.all()] == [
        {"fr": "Soutien à une personne", "en": "Support for one person"}
    ]
    notes = page_of(case).replace("/change/", "/notes/")
    page = owner.post(notes, {"text_fr": "Camille sort", "text_en": ""}, follow=True)
    html = page.content.decode()
    assert "of somebody whose consent was taken back" in html
    assert "Camille sort" in html, "what was typed is lost"
    owner.post(notes, {"text_fr": "Une personne sort", "text_en": ""})
    assert LiveNote.objects.count() == 2


def test_nor_in_a_new_link():
    owner, case, person = make_case()
    withdraw(owner, case, person)
    fields = {name: text for name, text in parse(owner.get(page_of(case))).fields.items() if "__prefix__" not in name}
    link = {"label_fr": "Caisse pour Camille", "label_en": "", "url": "https://caisse.example/", "position": "0"}
    page = owner.post(page_of(case), {**add_row(fields, "links", **link), "_save": "1"}, follow=True)
    assert "of somebody whose consent was taken back" in page.content.decode()
    assert not ActionLink.objects.exists()


def test_an_alert_that_holds_it_all_the_same_is_not_scheduled():
    owner, case, person = make_case()
    alert = make_alert(case, send_at=far(1), expires_at=far(2))
    withdraw(owner, case, person)
    Alert.objects.filter(pk=alert.pk).update(body={"fr": "Pour Camille"})
    page = owner.send(page_of(case), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == "draft"
    assert any("taken back" in text for text in said(page))


def test_the_name_is_known_again_but_not_kept():
    owner, case, person = make_case()
    withdraw(owner, case, person)
    (row,) = WithheldName.objects.all()
    assert row.knows("camille durand", whole_only=True)
    assert row.knows("camille")
    assert not row.knows("dominique")
    assert "camille" not in str([row.whole, row.parts])


def test_it_is_forgotten_with_what_else_is_forgotten_after_the_end(settings):
    owner, case, person = make_case()
    withdraw(owner, case, person)
    case.ends_at = far(-24 * (settings.RETENTION_DAYS + 1))
    case.starts_at = case.ends_at - timedelta(hours=1)
    case.save()
    forget(timezone.now())
    assert not WithheldName.objects.exists()


def test_a_second_withdrawal_changes_nothing_more():
    owner, case, person = make_case(summary=NAMED)
    withdraw(owner, case, person)
    acts = case.campaign.audit_entries.filter(act="consent_withdrawn").count()
    withdraw(owner, case, person)
    assert case.campaign.audit_entries.filter(act="consent_withdrawn").count() == acts == 1
    assert WithheldName.objects.count() == 1


def test_the_demo_does_not_bring_it_back():
    now = timezone.now()
    load(now)
    person = next(person for person in Person.objects.select_related("alert_case") if person.name)
    withdraw_consent(person, now)
    load(now + timedelta(days=1))
    assert [one.public_name for one in Person.objects.all()] == [None, None, None]


def test_every_table_with_words_of_an_action_is_looked_through():
    found = {model.__name__ for model, _ in belonging()}
    assert {"Gathering", "ActionLink", "Medium", "Alert", "Person", "LiveNote"} <= found
