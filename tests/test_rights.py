"""The rights sheet: what is in it, how it is given out, and how another country's takes its place."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from campaigns.models import Declaration
from mobilise.keys import generate_secrets
from mobilise.rights import read_sheet
from tests.admin_pages import Organiser, page_of
from tests.api import ApiClient, get_json
from tests.make import make_campaign, make_member, make_rally_call

ROOT = Path(__file__).resolve().parent.parent
FRANCE = ROOT / "mobilise" / "rights" / "FR.json"
TOPICS = [
    "identity_check",
    "custody",
    "under_18",
    "summons",
    "free_hearing",
    "phone_code",
    "filming",
    "taking_part",
    "declaring",
]


def belgian(**changes):
    """A small sheet of another country, in its own languages."""
    texts = {
        "id": "identity_check",
        "title": {"nl": "Controle", "fr": "Contrôle"},
        "points": {"nl": ["Rustig blijven."], "fr": ["Restez calme."]},
        "sources": {"nl": ["Wet 1"], "fr": ["Loi 1"]},
    }
    whole = {"version": 3, "jurisdiction": "BE", "checked_on": "2026-01-02", "languages": ["nl", "fr"]}
    return {**whole, "topics": [texts], **changes}


def read(tmp_path, content):
    file = tmp_path / "sheet.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_sheet(file)


@pytest.fixture
def in_belgium(settings, tmp_path):
    settings.RIGHTS = read(tmp_path, belgian())


# ---- what is in it


def test_it_is_of_france_in_both_languages_and_says_when_it_was_checked():
    sheet = read_sheet(FRANCE)
    assert (sheet.jurisdiction, sheet.checked_on, sheet.languages) == ("FR", date(2026, 11, 22), ("fr", "en"))
    assert [topic.id for topic in sheet.topics] == TOPICS
    assert all(topic.sources["fr"] and topic.sources["en"] for topic in sheet.topics)


def test_it_never_says_that_a_summons_may_be_skipped():
    topic = read_sheet(FRANCE).topic("summons")
    assert (topic.points["fr"][0], topic.points["en"][0]) == ("Il faut s'y présenter.", "You must go.")


def test_its_french_has_the_spaces_of_french():
    text = FRANCE.read_text(encoding="utf-8")
    french = [line for topic in json.loads(text)["topics"] for line in topic["points"]["fr"]]
    assert len(french) > 20
    assert [line for line in french if " :" in line or " ;" in line or "!" in line] == []


# ---- how it is given out


def test_anybody_reads_it_and_keeps_it():
    answer = Client().get("/api/v1/rights")
    sheet = answer.json()
    assert answer["Cache-Control"] == "public, max-age=600"
    assert (sheet["version"], sheet["jurisdiction"], sheet["checked_on"]) == (1, "FR", "2026-11-22")
    assert sheet["languages"] == ["fr", "en"]
    assert [topic["id"] for topic in sheet["topics"]] == TOPICS
    assert sheet["topics"][3] == {
        "id": "summons",
        "title": {"fr": "Convocation par la police", "en": "Summons by the police"},
        "points": {
            "fr": ["Il faut s'y présenter.", "Pour vous y amener de force, il faut l'autorisation du procureur."],
            "en": ["You must go.", "Bringing you by force needs the prosecutor's authorisation."],
        },
        "sources": {"fr": ["CPP art. 78"], "en": ["CPP art. 78"]},
    }
    again = Client().get("/api/v1/rights", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_costs_no_query(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert ApiClient().call("GET", "rights").status_code == 200


@pytest.mark.django_db
def test_it_is_readable_without_javascript():
    make_campaign(name={"fr": "Campagne X", "en": "Campaign X"}, legal_phone="+33 1 99 00 00 01")
    make_campaign(visibility="invitation", name={"fr": "Secret"}, legal_phone="+33 1 99 00 00 02")
    page = Client().get("/rights").content.decode()
    french = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "Il faut s&#x27;y présenter." in french
    assert "CPP art. 78" in french
    assert "22 novembre 2026" in french
    assert '<a href="tel:+33199000001">' in french
    assert "Secret" not in page
    assert "0002" not in page
    english = Client().get("/rights?lang=en").content.decode()
    assert '<html lang="en"' in english
    assert "You must go." in english
    assert Client().get("/rights?lang=xx").content == Client().get("/rights").content


# ---- another country's


def test_another_country_s_takes_its_place(in_belgium):
    sheet = get_json("rights")
    assert (sheet["jurisdiction"], sheet["version"], sheet["languages"]) == ("BE", 3, ["nl", "fr"])


@pytest.mark.django_db
@pytest.mark.usefixtures("in_belgium")
def test_the_hints_of_french_law_go_with_the_french_sheet():
    rally = make_rally_call(declaration=Declaration.UNDECLARED)
    page = Organiser(make_member(rally.campaign)).get(page_of(rally)).content.decode()
    assert "431-9" not in page
    assert "F21899" not in page


@pytest.mark.django_db
def test_the_hints_have_their_sources_and_their_day_from_it():
    rally = make_rally_call(declaration=Declaration.UNDECLARED)
    page = Organiser(make_member(rally.campaign)).get(page_of(rally)).content.decode()
    sheet = settings.RIGHTS
    assert f"{sheet.sources_of('taking_part', 'en')}." in page
    assert f"{sheet.sources_of('declaring', 'en')}." in page
    assert page.count("as of Nov. 22, 2026") >= 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 0}, "version: a whole number, 1 or more"),
        ({"version": True}, "version: a whole number, 1 or more"),
        ({"jurisdiction": "Belgium"}, "jurisdiction: a country's code in capitals"),
        ({"checked_on": "2026-13-01"}, "checked_on: a day"),
        ({"languages": []}, "languages: a list of language codes"),
        ({"languages": ["nl", "nl"]}, "languages: a list of language codes"),
        ({"languages": ["nl", "fr", "de"]}, "topic 1 (identity_check): title: nothing in de"),
        ({"languages": ["nl"]}, "title: fr is not among the sheet's languages"),
        ({"topics": []}, "topics: a list of one topic or more"),
        ({"topics": ["x"]}, "topic 1: it has to be an object"),
        ({"colour": "red"}, "colour is unknown"),
    ],
)
def test_it_says_what_is_wrong_with_a_sheet(tmp_path, changes, said):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(tmp_path, belgian(**changes))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "Two words"}, "topic 1: id: small letters, digits and _"),
        ({"title": {"nl": "x" * 61, "fr": "x"}}, "title: nl: a text of 60 characters at most"),
        ({"title": "Controle"}, "title: an object with a text of 60 characters at most for each of nl, fr"),
        ({"points": {"nl": [], "fr": ["x"]}}, "points: nl: a list of one text or more"),
        ({"points": {"nl": ["x", "y"], "fr": ["x"]}}, "points: every language has to say the same number of things"),
        ({"points": {"nl": ["x" * 241], "fr": ["x"]}}, "each of 240 characters at most"),
        ({"sources": {"nl": [" "], "fr": ["x"]}}, "sources: nl: a list of one text or more"),
        ({"advice": {}}, "advice is unknown"),
    ],
)
def test_it_says_what_is_wrong_with_a_topic(tmp_path, changes, said):
    topic = {**belgian()["topics"][0], **changes}
    with pytest.raises(ImproperlyConfigured) as refused:
        read(tmp_path, belgian(topics=[topic]))
    assert said in str(refused.value)


def test_it_names_every_problem_at_once(tmp_path):
    topic = belgian()["topics"][0]
    with pytest.raises(ImproperlyConfigured) as refused:
        read(tmp_path, belgian(topics=[topic, topic, {"id": "x"}], version="1"))
    said = str(refused.value)
    assert [line for line in said.splitlines() if line.startswith("  - ")] == [
        "  - version: a whole number, 1 or more; raise it with every change",
        "  - topic 2 (identity_check): another topic has this id already",
        "  - topic 3 (x): title is missing",
        "  - topic 3 (x): points is missing",
        "  - topic 3 (x): sources is missing",
    ]


@pytest.mark.parametrize("content", ["{", "[]", "null", '"x"'])
def test_it_refuses_what_is_no_sheet(tmp_path, content):
    with pytest.raises(ImproperlyConfigured, match="RIGHTS_SHEET"):
        read(tmp_path, content)


def test_a_site_does_not_start_with_a_wrong_one(tmp_path):
    file = tmp_path / "sheet.json"
    file.write_text(json.dumps(belgian(version=0)))
    more = {"VAR_DIR": str(tmp_path), "VAPID_SUBJECT": "mailto:operator@campaign.example", "PATH": ""}
    for name, said in ((str(file), "version: a whole number"), (f"{file}x", "cannot be read: No such file")):
        environment = {**generate_secrets(), **more, "RIGHTS_SHEET": name}
        done = subprocess.run(
            [sys.executable, "-c", "import mobilise.settings"],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, said in done.stderr) == (1, True)
