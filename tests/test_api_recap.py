"""What everybody sees of an action once it is over: our counts by the small-number rule, and typed figures."""

import json

import pytest

from campaigns.models import Tally
from mobilise.ready import ready_answers
from tests.api import get_json
from tests.make import far, make_campaign, make_figure, make_hashtag_push, make_rally_call, make_sums

pytestmark = pytest.mark.django_db


def make_over(**values):
    return make_hashtag_push(**{"starts_at": far(-5), "ends_at": far(-2), **values})


def test_it_tells_counts_and_figures_once_it_is_over():
    push = make_over()
    Tally.objects.add(push, 0, "joined", push.starts_at, total=300, counted=212)
    make_sums(push, 0, 9)
    figure = make_figure(push, value=8000, source={"fr": "X, tendances"})

    shown = get_json(f"actions/{push.uuid}")

    assert shown["recap"] == {"joined": 212, "done": None}
    assert shown["figures"] == [
        {
            "id": str(figure.uuid),
            "value": 8000,
            "label": figure.label,
            "source": {"fr": "X, tendances"},
            "as_of": shown["figures"][0]["as_of"],
        }
    ]
    assert shown["figures"][0]["as_of"].endswith("Z")
    assert get_json("feed")["over"][0]["recap"] == shown["recap"]


def test_it_tells_nothing_of_it_before():
    push = make_hashtag_push()
    make_sums(push, 100, 50)
    make_figure(push, as_of=far(-0.1))
    shown = get_json(f"actions/{push.uuid}")
    assert (shown["recap"], shown["figures"]) == (None, [])


def test_a_cancelled_action_has_no_recap():
    push = make_over(state="cancelled")
    make_sums(push, 100)
    make_figure(push)
    shown = get_json(f"actions/{push.uuid}")
    assert (shown["recap"], shown["figures"]) == (None, [])


def test_a_figure_that_tells_the_hashtag_too_early_is_left_out():
    push = make_over(hashtag="Demain", reveal_at=far(1))
    make_figure(push, label={"fr": "posts"})
    make_figure(push, source={"fr": "recherche #demain"})
    shown = get_json(f"actions/{push.uuid}")
    assert [figure["label"] for figure in shown["figures"]] == [{"fr": "posts"}]
    assert "demain" not in json.dumps(shown).lower()


def test_the_feed_costs_two_questions_more_for_all_that_is_over(django_assert_num_queries):
    campaign = make_campaign()
    for number in range(4):
        make_figure(make_rally_call(campaign, starts_at=far(-5 - number), ends_at=far(-4 - number)))
    ready_answers.clear()
    with django_assert_num_queries(8):
        feed = get_json("feed")
    assert [len(action["figures"]) for action in feed["over"]] == [1, 1, 1, 1]
