"""Figures typed by hand: with source and hour, in several languages, apart from what is counted here."""

import pytest
from django.utils import timezone

from campaigns.models import AuditEntry, Figure, Role
from campaigns.models.figure import LARGEST
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import far, make_campaign, make_figure, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db

TYPED = {
    "value": "8000",
    "label_fr": "messages",
    "label_en": "posts",
    "source_fr": "X, 20 h",
    "as_of": "2022-02-20T20:00",
}


def type_in(editor, address, **changes):
    """Fills in the form and sends it."""
    page = parse(editor.get(address))
    return editor.post(address, {**page.fields, **changes}, follow=True)


def make_over(**values):
    campaign = make_campaign()
    push = make_hashtag_push(campaign, **{"starts_at": far(-5), "ends_at": far(-2), **values})
    return Organiser(make_member(campaign, Role.EDITOR)), push


def test_it_is_typed_on_the_recap_with_its_hour_in_the_action_s_zone():
    editor, push = make_over(time_zone="Europe/Paris")
    answer = type_in(editor, page_of(push, "recap"), **TYPED)

    figure = Figure.objects.get()
    assert (figure.action_id, figure.value) == (push.pk, 8000)
    assert (figure.label, figure.source) == ({"fr": "messages", "en": "posts"}, {"fr": "X, 20 h"})
    assert figure.as_of.isoformat() == "2022-02-20T19:00:00+00:00"
    assert said(answer) == ["The figure is saved. Activists see it, with its source, once the action is over."]
    page = parse(answer)
    assert "8,000" in page.text
    assert "20 Feb 2022, 20:00" in page.text


def test_it_proposes_the_end_of_the_action_as_its_hour():
    editor, push = make_over(ends_at=timezone.now().replace(2022, 2, 20, 19, 0, 0, 0), starts_at=far(-24 * 365 * 9))
    assert parse(editor.get(page_of(push, "recap"))).fields["as_of"] == "2022-02-20T20:00"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"value": ""}, "This field is required."),
        ({"value": "-3"}, "greater than or equal to 0"),
        ({"value": str(LARGEST + 1)}, f"less than or equal to {LARGEST}"),
        ({"label_fr": "", "label_en": ""}, "Write this in at least one language."),
        ({"source_fr": ""}, "Write this in at least one language."),
        ({"source_fr": "x" * 121}, "121 characters; at most 120 fit."),
        ({"as_of": "2099-01-01T10:00"}, "This hour has not come yet"),
        ({"as_of": ""}, "This field is required."),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_keeps_the_rest(changes, error):
    editor, push = make_over()
    typed = {**TYPED, **changes}
    answer = editor.post(page_of(push, "recap"), typed)
    page = parse(answer)
    assert error in page.text
    assert {name: page.fields[name] for name in typed} == typed
    assert not Figure.objects.exists()


def test_it_tells_no_hashtag_before_its_minute():
    editor, push = make_over(hashtag="Demain", reveal_at=far(1), ends_at=far(2))
    answer = editor.post(page_of(push, "recap"), {**TYPED, "label_fr": "posts sous #demain"})
    assert "The hashtag is not revealed yet: leave it out." in answer.content.decode()
    assert not Figure.objects.exists()


def test_a_second_tap_saves_it_once():
    editor, push = make_over()
    for _ in range(2):
        answer = type_in(editor, page_of(push, "recap"), **TYPED)
    assert said(answer) == ["This figure was saved already."]
    assert Figure.objects.count() == 1


def test_it_is_changed_on_a_page_of_its_own():
    editor, push = make_over()
    figure = make_figure(push)
    page = type_in(editor, page_of(push, "figure", figure.pk), value="8200", label_en="tweets")
    assert page.redirect_chain[-1][0] == page_of(push, "recap")
    figure.refresh_from_db()
    assert (figure.value, figure.label) == (8200, {"fr": "messages sous le hashtag", "en": "tweets"})

    refused = editor.post(page_of(push, "figure", figure.pk), {**TYPED, "value": "x"})
    assert "Enter a whole number." in refused.content.decode()
    figure.refresh_from_db()
    assert figure.value == 8200


def test_what_somebody_removed_is_not_made_again_by_a_change():
    editor, push = make_over()
    figure = make_figure(push)
    Figure.objects.all().delete()
    assert figure.change(value=1, label={"fr": "x"}, source={"fr": "y"}, as_of=far(-1)) is False
    assert editor.get(page_of(push, "figure", figure.pk)).status_code == 404


def test_it_is_removed_once_and_by_a_button_only():
    editor, push = make_over()
    figure = make_figure(push)
    assert editor.get(page_of(push, "remove_figure", figure.pk)).status_code == 302
    assert Figure.objects.count() == 1
    assert editor.press(page_of(push, "remove_figure", figure.pk)) == ["The figure is removed."]
    assert editor.press(page_of(push, "remove_figure", figure.pk)) == ["This figure was removed already."]
    assert not Figure.objects.exists()


def test_another_campaign_s_figures_are_not_found():
    _, push = make_over()
    figure = make_figure(push)
    outsider, own = make_over()
    addresses = [page_of(push, "recap"), page_of(push, "figure", figure.pk), page_of(push, "remove_figure", figure.pk)]
    addresses += [page_of(push, "export"), page_of(own, "figure", figure.pk)]
    assert [outsider.post(address, TYPED).status_code for address in addresses] == [404] * 5
    outsider.press(page_of(own, "remove_figure", figure.pk))
    figure.refresh_from_db()
    assert figure.value == 8000


def test_it_is_noted_who_typed_changed_and_removed_it():
    editor, push = make_over()
    type_in(editor, page_of(push, "recap"), **TYPED)
    figure = Figure.objects.get()
    type_in(editor, page_of(push, "figure", figure.pk), value="8200")
    editor.press(page_of(push, "remove_figure", figure.pk))
    entries = AuditEntry.objects.filter(campaign=push.campaign).order_by("pk")
    assert [(entry.act, entry.text) for entry in entries] == [
        ("figure_added", "8000 messages"),
        ("figure_changed", "8200 messages"),
        ("figure_removed", "8200 messages"),
    ]
    assert {entry.actor for entry in entries} == {editor.user.username}
