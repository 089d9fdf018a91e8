"""Two organisers save the same page at the same moment: nothing that either stored is overwritten unseen."""

import pytest

from tests.admin_pages import Organiser, page_of, parse
from tests.make import make_campaign, make_hashtag_push, make_member
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("what", ["action", "campaign"])
def test_one_is_stored_and_the_other_is_told(what):
    campaign = make_campaign()
    row = make_hashtag_push(campaign) if what == "action" else campaign
    field = "summary_fr"
    answers = {}

    def save(organiser, text):
        answers[text] = organiser.post(page_of(row), {**fields, field: text, "_save": "1"}, follow=True)

    organisers = [Organiser(make_member(campaign)) for _ in range(2)]
    fields = {name: text for name, text in parse(organisers[0].get(page_of(row))).fields.items() if "__p" not in name}
    at_once(lambda: save(organisers[0], "Un"), lambda: save(organisers[1], "Deux"))

    row.refresh_from_db()
    stale = [text for text, answer in answers.items() if "Somebody changed this meanwhile" in answer.content.decode()]
    assert [*stale, row.summary["fr"]] in (["Un", "Deux"], ["Deux", "Un"])
