"""Live notes: one line of the organisers while an action runs, with the count, without a push."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import ActionLink, Alert, AuditEntry, Figure, LiveNote, Role
from campaigns.models.cases.withdrawal import withdraw_consent
from campaigns.models.live_note import MOST_KEPT, MOST_SHOWN
from campaigns.retention import forget
from mobilise.ready import ready_answers
from tests.admin_pages import Organiser, page_of, parse, said
from tests.api import get_json
from tests.make import (
    far,
    make_campaign,
    make_figure,
    make_hashtag_push,
    make_member,
    make_person,
    make_solidarity_alert,
)

pytestmark = pytest.mark.django_db


def make_live(**values):
    campaign = make_campaign()
    return Organiser(make_member(campaign, Role.EDITOR)), make_hashtag_push(campaign, **values)


def notes_on_phones(push):
    ready_answers.clear()
    return get_json(f"actions/{push.uuid}/pulse")["notes"]


def test_it_is_written_on_the_action_s_page_and_comes_with_the_pulse():
    editor, push = make_live()
    page = parse(editor.get(page_of(push)))
    inputs = {attributes.get("name"): attributes for tag, attributes in page.elements if tag == "input"}
    assert (inputs["text_fr"]["form"], inputs["text_en"]["lang"]) == ("note", "en")

    answer = editor.post(
        page_of(push, "notes"), {"text_fr": "Deuxième des tendances", "text_en": "Second in the trends"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == page_of(push)
    assert said(answer) == ["The note is out: phones that show the action have it within seconds."]
    (note,) = notes_on_phones(push)
    assert note["text"] == {"fr": "Deuxième des tendances", "en": "Second in the trends"}
    assert note["at"].endswith("Z")
    assert not Alert.objects.exists()


def test_one_language_is_enough_and_spaces_and_line_ends_are_not_kept():
    editor, push = make_live()
    editor.post(page_of(push, "notes"), {"text_fr": "  Deuxième\r\ndes  tendances ", "text_en": " "})
    assert [note["text"] for note in notes_on_phones(push)] == [{"fr": "Deuxième des tendances"}]


def test_the_newest_come_first_and_not_too_many():
    editor, push = make_live()
    for number in range(MOST_SHOWN + 2):
        LiveNote.objects.write(push, {"fr": f"Note {number}"}, timezone.now() + timedelta(seconds=number))

    assert [note["text"]["fr"] for note in notes_on_phones(push)] == ["Note 6", "Note 5", "Note 4", "Note 3", "Note 2"]
    page = editor.get(page_of(push)).content.decode()
    assert page.count("not shown any more") == 2


def test_it_is_taken_back_at_once_and_only_once():
    editor, push = make_live()
    note, _ = LiveNote.objects.write(push, {"fr": "Trop tôt"}, timezone.now())

    assert editor.get(page_of(push, "take_back", note.pk)).status_code == 302
    assert len(notes_on_phones(push)) == 1
    assert editor.press(page_of(push, "take_back", note.pk)) == ["The note is taken back."]
    assert notes_on_phones(push) == []
    assert editor.press(page_of(push, "take_back", note.pk)) == ["This note was taken back already."]


def test_a_second_tap_writes_it_once():
    editor, push = make_live()
    for _ in range(2):
        answer = editor.post(page_of(push, "notes"), {"text_fr": "Deuxième"}, follow=True)
    assert said(answer) == ["This note was written already."]
    assert LiveNote.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"text_fr": "", "text_en": ""}, "Write this in at least one language."),
        ({"text_fr": "x" * 141}, "141 characters; at most 140 fit."),
        ({"text_fr": "Tous sur #demain"}, "The hashtag is not revealed yet: leave it out."),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(typed, error):
    editor, push = make_live(hashtag="Demain", reveal_at=far(1))
    answer = editor.post(page_of(push, "notes"), typed)
    page = parse(answer)
    assert answer.status_code == 200
    assert error in page.text
    assert page.fields["text_fr"] == typed["text_fr"]
    assert not LiveNote.objects.exists()


def test_a_note_that_tells_the_hashtag_is_held_back_when_the_minute_is_moved():
    _, push = make_live(hashtag="Demain", reveal_at=far(-0.5))
    LiveNote.objects.write(push, {"fr": "Tous sur #Demain"}, timezone.now())
    assert len(notes_on_phones(push)) == 1
    type(push).objects.filter(pk=push.pk).update(reveal_at=far(0.5))
    assert notes_on_phones(push) == []


@pytest.mark.parametrize(
    "values",
    [
        {"starts_at": far(1), "ends_at": far(2)},
        {"starts_at": far(-2), "ends_at": far(-1)},
        {"state": "draft"},
        {"state": "cancelled"},
    ],
)
def test_it_is_for_the_time_while_the_action_runs(values):
    editor, push = make_live(**values)
    assert "text_fr" not in parse(editor.get(page_of(push))).fields
    answer = editor.post(page_of(push, "notes"), {"text_fr": "Deuxième"})
    assert "Notes are for the time while the action runs." in answer.content.decode()
    assert not LiveNote.objects.exists()


def test_nothing_stands_any_more_once_it_is_over_and_the_rows_go_with_the_retention_days():
    editor, push = make_live()
    LiveNote.objects.write(push, {"fr": "Deuxième"}, timezone.now())
    type(push).objects.filter(pk=push.pk).update(ends_at=far(-0.1))
    assert notes_on_phones(push) == []
    assert "not shown any more" in editor.get(page_of(push)).content.decode()

    forget(timezone.now())
    assert LiveNote.objects.count() == 1
    forget(timezone.now() + timedelta(days=8))
    assert not LiveNote.objects.exists()


def test_an_action_holds_no_endless_list():
    editor, push = make_live()
    now = timezone.now()
    LiveNote.objects.bulk_create(LiveNote(action_id=push.pk, text={"fr": f"{n}"}, at=now) for n in range(MOST_KEPT))
    answer = editor.post(page_of(push, "notes"), {"text_fr": "Encore"})
    assert "There are enough notes: take one back first." in answer.content.decode()


def test_another_campaign_s_notes_are_not_found():
    _, push = make_live()
    note, _ = LiveNote.objects.write(push, {"fr": "Deuxième"}, timezone.now())
    outsider, own = make_live()
    assert outsider.post(page_of(push, "notes"), {"text_fr": "Faux"}).status_code == 404
    assert outsider.post(page_of(push, "take_back", note.pk)).status_code == 404
    assert outsider.press(page_of(own, "take_back", note.pk)) == ["This note was taken back already."]
    assert [row.text for row in LiveNote.objects.all()] == [{"fr": "Deuxième"}]


def test_the_list_refreshes_with_the_page():
    editor, push = make_live()
    LiveNote.objects.write(push, {"fr": "Deuxième"}, timezone.now())
    assert "Deuxième" in editor.get(page_of(push, "status")).json()["fragments"]["notes"]


def test_the_pulse_costs_one_question_more_while_it_runs(django_assert_num_queries):
    case = make_solidarity_alert()
    ActionLink.objects.create(action=case, label={"fr": "Cagnotte"}, url="https://fund.example/")
    ready_answers.clear()
    with django_assert_num_queries(3):
        get_json(f"actions/{case.uuid}/pulse")


def test_it_is_noted_who_wrote_it_and_who_took_it_back():
    editor, push = make_live()
    for _ in range(2):
        editor.post(page_of(push, "notes"), {"text_fr": "Deuxième", "text_en": "Second"})
    for _ in range(2):
        editor.press(page_of(push, "take_back", LiveNote.objects.values_list("pk", flat=True).first() or 1))
    entries = AuditEntry.objects.filter(campaign=push.campaign).order_by("pk")
    assert [(entry.act, entry.text) for entry in entries] == [
        ("note_written", "Deuxième / Second"),
        ("note_taken_back", "Deuxième / Second"),
    ]
    assert {entry.actor for entry in entries} == {editor.user.username}


def test_a_name_that_is_withdrawn_goes_from_notes_and_figures_and_does_not_come_back():
    campaign = make_campaign()
    editor, case = Organiser(make_member(campaign)), make_solidarity_alert(campaign, ends_at=far(1))
    person = make_person(case, name="Camille Durand", consented_on=timezone.localdate())
    editor.post(page_of(case, "notes"), {"text_fr": "Camille Durand est dehors"})
    make_figure(case, source={"fr": "selon Camille Durand"})

    withdraw_consent(person, timezone.now())

    assert "Durand" not in str([*LiveNote.objects.values_list("text"), *Figure.objects.values_list("source")])
    typed = {"text_fr": "Camille Durand remercie"}
    assert "whose consent was taken back" in editor.post(page_of(case, "notes"), typed).content.decode()
    typed = {"value": "1", "label_fr": "x", "source_fr": "Camille Durand", "as_of": "2022-02-20T20:00"}
    assert "whose consent was taken back" in editor.post(page_of(case, "recap"), typed).content.decode()
    assert (LiveNote.objects.count(), Figure.objects.count()) == (1, 1)
