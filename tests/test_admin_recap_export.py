"""A recap as CSV: counts only, small ones as on the page, nothing that a spreadsheet would compute."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.admin.recap.export import FORMULA, answer, defuse
from campaigns.models import AuditEntry, Role, Tally
from tests.admin_pages import Organiser, page_of
from tests.make import (
    far,
    make_campaign,
    make_figure,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_rally_call,
    make_sums,
)
from tests.second_factors import Confirmed, code_now, let_pass

pytestmark = pytest.mark.django_db


def make_over(make=make_hashtag_push, **values):
    campaign = make_campaign(slug="500-signatures")
    action = make(campaign, **{"starts_at": far(-5), "ends_at": far(-2), **values})
    return Organiser(make_member(campaign, Role.EDITOR)), action


def read(response, delimiter=","):
    """The rows of the file."""
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))


def test_it_is_a_file_that_spreadsheets_read_as_utf8():
    editor, push = make_over(title={"fr": "Ça commence"})
    response = editor.post(page_of(push, "export"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        rf'attachment; filename="recap-500-signatures-{push.pk}-\d{{4}}-\d\d-\d\d\.csv"',
        response["Content-Disposition"],
    )
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.content.endswith(b"\r\n")
    assert "Ça commence" in response.content.decode("utf-8")


def test_it_speaks_the_organiser_s_language_and_writes_what_its_spreadsheets_expect():
    editor, push = make_over()
    make_sums(push, joined=4)
    english = read(editor.post(page_of(push, "export")))
    french = read(editor.post(page_of(push, "export"), headers={"Accept-Language": "fr"}), delimiter=";")
    assert english[0] == ["action", "part", "what", "from", "to", "number", "how it is known", "source"]
    assert len(french[0]) == 8
    assert [row[6] for row in english if row[2] == "joined"] == ["fewer than 10"]
    assert {len(row) for row in [*english, *french]} == {8}


def test_it_holds_what_the_page_shows():
    editor, rally = make_over(make_rally_call)
    paris, lyon = make_gathering(rally, name={"fr": "Paris"}), make_gathering(rally, name={"fr": "Lyon"})
    make_sums(rally, 60, place=paris.pk)
    make_sums(rally, 5, place=lyon.pk)
    make_figure(rally, value=600, label={"fr": "auditeurs"}, source={"fr": "Salon audio"})

    rows = read(editor.post(page_of(rally, "export")))

    told = {(row[1], row[2]): (row[5], row[6], row[7]) for row in rows[1:]}
    assert told["funnel", "joined"] == ("65", "counted", "")
    assert told["funnel", "done"] == ("", "not asked", "")
    assert told["funnel", "opened"] == ("", "not known", "")
    assert told["by gathering", "Paris, Lyon"] == ("65", "counted", "")
    assert told["seen elsewhere", "auditeurs"] == ("600", "typed by hand", "Salon audio")
    assert [row[5] for row in rows if row[1] == "over time"] == ["65"]


def test_no_count_in_it_is_a_small_one():
    editor, rally = make_over(make_rally_call)
    for number in (1, 3, 9, 10, 14, 50):
        place = make_gathering(rally, name={"fr": f"Place {'x' * number}"})
        Tally.objects.add(rally, place.pk, "joined", rally.starts_at, total=number + 1, counted=number)
    rows = read(editor.post(page_of(rally, "export")))
    counts = [int(row[5]) for row in rows[1:] if row[5]]
    assert len(counts) >= 3
    assert [count for count in counts if count < 10] == []


def test_it_computes_nothing():
    title = '=HYPERLINK("https://evil.example";"x")'
    editor, push = make_over(title={"fr": title})
    make_figure(push, label={"fr": "+33 1"}, source={"fr": "@SUM(A1)"})
    rows = read(editor.post(page_of(push, "export")))
    texts = [cell for row in rows for cell in row]
    assert f"'{title}" in texts
    assert {"'+33 1", "'@SUM(A1)"} <= set(texts)
    assert [cell for cell in texts if cell.startswith(FORMULA)] == []


@given(st.text())
def test_no_text_becomes_a_formula(text: str):
    cell = str(defuse(text))
    assert not cell.lstrip(" ").startswith(FORMULA)
    assert cell in (text, f"'{text}")


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")), min_size=2, max_size=2))
def test_whatever_is_in_a_cell_stays_in_it(texts: list[str]):
    response = answer([(texts[0], "", texts[1], "", "", 12, "", "")], "x")
    (_, row) = read(response)
    assert [row[0].removeprefix("'"), row[2].removeprefix("'")] == [text.removeprefix("'") for text in texts]
    assert row[5] == "12"


def test_a_link_to_it_exports_nothing():
    editor, push = make_over()
    response = editor.get(page_of(push, "export"))
    assert (response.status_code, response["Location"]) == (302, page_of(push, "recap"))
    campaign = editor.get(page_of(push.campaign, "export"))
    assert (campaign.status_code, campaign["Location"]) == (302, page_of(push.campaign, "recap"))


def test_it_is_noted_who_exported():
    editor, push = make_over()
    editor.post(page_of(push, "export"))
    editor.post(page_of(push.campaign, "export"))
    entries = AuditEntry.objects.filter(campaign=push.campaign, act="exported").order_by("pk")
    assert [(entry.actor, entry.about) for entry in entries] == [
        (editor.user.username, str(push)),
        (editor.user.username, ""),
    ]


@pytest.mark.parametrize("of_campaign", [False, True])
def test_it_asks_for_the_second_factor_again_and_leads_back_to_the_page(settings, of_campaign):
    _, push = make_over()
    user = make_member(push.campaign, Role.EDITOR)
    settings.REQUIRE_MFA = True
    editor = Confirmed(user)
    row = push.campaign if of_campaign else push
    assert editor.post(page_of(row, "export"))["Content-Type"].startswith("text/csv")
    let_pass(editor, 15)

    asked = editor.post(page_of(row, "export"))

    assert asked.status_code == 302
    assert "reauthenticate" in asked.url
    back = editor.post(asked.url, {"code": code_now(editor.secret)}, follow=True)
    assert back.redirect_chain[-1][0] == page_of(row, "recap")
    assert AuditEntry.objects.filter(act="exported").count() == 1
