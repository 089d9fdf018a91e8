"""What the server does for what is typed: says when it is stored, what is never kept, and what a stale page means."""

import pytest
from django.test import Client

from tests.admin_pages import Organiser, page_of, parse
from tests.make import make_campaign, make_hashtag_push, make_member, make_person, make_solidarity_alert

pytestmark = pytest.mark.django_db


def mark_of(response):
    return next(values for tag, values in parse(response).elements if values.get("name") == "_draft")


def test_it_says_once_which_draft_was_stored():
    push = make_hashtag_push()
    organiser = Organiser(make_member(push.campaign))
    response = organiser.send(page_of(push), _draft="d1", title_fr="Autre")
    assert mark_of(response)["data-saved"] == "d1"
    assert mark_of(organiser.get(page_of(push)))["data-saved"] == ""


def test_it_says_nothing_of_a_draft_that_was_refused():
    push = make_hashtag_push()
    organiser = Organiser(make_member(push.campaign))
    response = organiser.send(page_of(push), _draft="d1", ends_at="2000-01-01T00:00")
    assert mark_of(response)["data-saved"] == ""
    assert "errornote" in response.content.decode()


def test_it_marks_the_names_of_persons_as_never_kept():
    case = make_solidarity_alert()
    make_person(case)
    page = parse(Organiser(make_member(case.campaign)).get(page_of(case)))
    names = [values for tag, values in page.elements if values.get("name", "").endswith("-name") and tag == "input"]
    assert names
    assert all("data-private" in values for values in names)


def test_it_explains_a_page_that_was_open_for_too_long():
    push = make_hashtag_push(make_campaign())
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    client.force_login(make_member(push.campaign))
    response = client.post(page_of(push), {"title_fr": "Autre"})
    assert response.status_code == 403
    text = response.content.decode()
    assert "This page was open for too long" in text
    assert f'href="{page_of(push)}"' in text


def test_it_leads_back_to_the_app():
    links = [values for tag, values in parse(Organiser(make_member(make_campaign())).get("/admin/")).elements]
    assert {"href": "/"} in links
