"""The recap of an action: the funnel with how each number is known, over time, by gathering; small counts never."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.admin.alerts.figures import AlertFigures
from campaigns.admin.recap import over_time, places
from campaigns.admin.recap.funnel import AlertLine, draw, line_of, numbers_of
from campaigns.admin.recap.telling import NOT_ASKED, UNKNOWN, How, Told, add_up, largest, tell
from campaigns.models import Alert, Batch, Gathering, ReceiptCount, Stage, Tally
from tests.admin_pages import Organiser, page_of, parse
from tests.delivery_pages import T0
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_member,
    make_rally_call,
    make_sums,
)
from tests.test_admin_markup import violations

pytestmark = pytest.mark.django_db


def make_over(make=make_hashtag_push, **values):
    campaign = make_campaign()
    action = make(campaign, **{"starts_at": far(-5), "ends_at": far(-2), **values})
    return Organiser(make_member(campaign)), action


def send(action, audience, accepted, *, shown=0, opened=0, hours=-5.0):
    """An alert that was sent, with what became of it."""
    alert = make_alert(action, send_at=far(hours), expires_at=far(hours + 1))
    Alert.objects.filter(pk=alert.pk).update(state="sent", started_at=far(hours), audience_size=audience)
    Batch.objects.create(alert=alert, first_device=1, last_device=9, cursor=9, accepted=accepted)
    for event, total in (("shown", shown), ("opened", opened)):
        ReceiptCount.objects.create(alert_id=alert.pk, event=event, total=total)
    return alert


def funnel_on(page):
    """{step: what is said of it}, as it stands on the page."""
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', page.partition("</table>")[0], re.DOTALL)
    return {name: " ".join(re.sub(r"<.*?>", " ", value).split()) for name, value in rows}


# ---- the funnel


def test_it_shows_each_step_from_followers_to_done():
    owner, push = make_over()
    send(push, 1200, 1100, shown=900, opened=300)
    make_sums(push, joined=212, done=128)

    page = owner.get(page_of(push, "recap"))

    assert funnel_on(page.content.decode()) == {
        "Followers who want this kind": "1,200",
        "Accepted by the push service": "1,100",
        "Shown on the phone": "900",
        "Opened": "300",
        "Joined": "212",
        "Done": "128",
    }
    assert violations(parse(page)) == []


def test_of_several_alerts_it_says_at_least():
    owner, push = make_over()
    send(push, 1200, 1100, shown=900, opened=300)
    send(push, 1250, 1000, shown=950, opened=40, hours=-3)

    said = funnel_on(owner.get(page_of(push, "recap")).content.decode())

    assert said["Followers who want this kind"] == "at least 1,250"
    assert said["Accepted by the push service"] == "at least 1,100"
    assert said["Opened"] == "at least 300"


def test_it_says_what_it_does_not_know():
    owner, push = make_over()
    make_sums(push, joined=30, done=9)
    said = funnel_on(owner.get(page_of(push, "recap")).content.decode())
    assert said["Opened"] == "not known"
    assert (said["Joined"], said["Done"]) == ("30", "fewer than 10")


def test_it_says_what_nobody_was_asked():
    owner, rally = make_over(make_rally_call)
    make_sums(rally, joined=30)
    assert funnel_on(owner.get(page_of(rally, "recap")).content.decode())["Done"] == "not asked"


def test_what_few_phones_reported_is_no_estimate():
    few = AlertFigures(shown=90, opened=2)
    enough = AlertFigures(shown=120, opened=50)
    alert = Alert(audience_size=50_000)
    assert line_of(alert, few).shown == Told(None, How.FEW)
    assert line_of(alert, few).opened == Told(None, How.FEW)
    assert line_of(alert, enough).shown == Told(120, How.ESTIMATE)
    assert line_of(Alert(audience_size=90), few).shown == Told(90, How.EXACT)


def test_bars_are_as_long_as_what_is_told_and_no_longer():
    steps = draw(numbers_of("hashtag_push", [], {Stage.JOINED: 200, Stage.DONE: 3}))
    assert {step.key: step.width for step in steps} == {
        "followers": 0,
        "accepted": 0,
        "shown": 0,
        "opened": 0,
        "joined": 100,
        "done": 0,
    }


def test_an_alert_that_was_not_sent_is_not_in_it():
    owner, push = make_over()
    make_alert(push, send_at=far(1), expires_at=far(2))
    page = owner.get(page_of(push, "recap")).content.decode()
    assert "Alert by alert" not in page


@pytest.mark.parametrize(
    ("numbers", "sum_of_them"),
    [
        ([], UNKNOWN),
        ([UNKNOWN, NOT_ASKED], UNKNOWN),
        ([tell(3), tell(4)], Told(None, How.FEW)),
        ([tell(30), tell(4)], Told(30, How.AT_LEAST)),
        ([tell(30), tell(40), UNKNOWN], Told(70, How.EXACT)),
        ([tell(30), tell(40, How.ESTIMATE)], Told(70, How.ESTIMATE)),
    ],
)
def test_a_sum_holds_only_what_is_told(numbers, sum_of_them):
    assert add_up(numbers) == sum_of_them


@given(st.lists(st.integers(0, 60), max_size=8))
def test_no_sum_and_no_largest_tells_more_than_its_parts(counts):
    numbers = [tell(count) for count in counts]
    shown = [one.value for one in numbers if one.value is not None]
    assert add_up(numbers).value == (sum(shown) or None)
    assert largest(numbers).value == max(shown, default=None)


# ---- before the end, and after it


@pytest.mark.parametrize("hours", [1, -0.9])
def test_charts_come_an_hour_after_the_end(hours: float):
    owner, rally = make_over(make_rally_call, ends_at=far(hours))
    make_gathering(rally)
    make_sums(rally, joined=40)
    page = owner.get(page_of(rally, "recap")).content.decode()
    assert "These numbers still grow" in page
    assert "Comes an hour after the end of the action." in page
    assert "chart-bar" not in page
    assert "Joined, by gathering" not in page


def test_the_action_s_page_tells_no_small_count_either_once_it_is_over():
    owner, push = make_over()
    make_sums(push, joined=12, done=3)
    html = owner.get(page_of(push, "status")).json()["fragments"]["participation"]
    numbers = re.findall(r"<dd>(.*?)</dd>", html)
    assert [re.sub(r"<.*?>", "", number) for number in numbers] == ["12", "12", "fewer than 10", "fewer than 10"]


# ---- over time


def chart_of(minutes):
    """Of an action from T0 on for two hours; {minute from its start: number}."""
    sums = {T0 + timedelta(minutes=minute): number for minute, number in minutes.items()}
    return over_time.draw(Stage.DONE, T0, T0 + timedelta(hours=2), sums)


def rises_of(chart):
    """[(minutes from the start, how many more, how many in all)]"""
    return [((rise.at - T0) // timedelta(minutes=1), rise.new, rise.in_all) for rise in chart.rises]


def test_it_rises_when_ten_more_have_come():
    chart = chart_of({0: 40, 2: 3, 4: 4, 6: 4, 30: 25, 100: 2})
    assert rises_of(chart) == [(2, 40, 40), (8, 11, 51), (32, 27, 78)]
    assert chart.step_in_words == "2 min"
    assert chart.path == "M0 100H310V49H340V35H460V0H900V100Z"


def test_what_came_long_before_is_told_as_one_number():
    assert rises_of(chart_of({-3000: 15, -600: 5, 0: 40})) == [(-60, 20, 20), (2, 40, 60)]


def test_parts_taken_back_after_the_end_lessen_the_last_number():
    assert rises_of(chart_of({0: 40, 300: -2})) == [(2, 38, 38)]


def test_a_small_last_rise_is_told_by_the_end():
    assert rises_of(chart_of({0: 12, 60: 1})) == [(120, 13, 13)]


def test_fewer_than_ten_are_no_chart():
    assert rises_of(chart_of({0: 9})) == []
    assert rises_of(chart_of({0: 12, 60: -3})) == []


@pytest.mark.parametrize("hours", [0.1, 1, 3, 24, 24 * 7, 24 * 60])
def test_it_has_never_too_many_steps(hours):
    ends_at = T0 + timedelta(hours=hours)
    step = timedelta(minutes=max(1, int(hours * 60 / 500)))
    minutes = {T0 + place * step: 100 for place in range(int(hours * 3600 // step.total_seconds()) or 1)}
    chart = over_time.draw(Stage.JOINED, T0, ends_at, minutes)
    assert 1 <= len(chart.rises) <= over_time.MOST_STEPS
    assert chart.in_all == sum(minutes.values())
    assert (chart.begins <= T0, chart.ends >= ends_at) == (True, True)


@given(st.dictionaries(st.integers(-200, 400), st.integers(-3, 25), max_size=30))
def test_each_rise_is_ten_at_least_and_stays_inside_the_drawing(minutes):
    chart = chart_of(minutes)
    assert [rise.new for rise in chart.rises if rise.new < 10] == []
    assert chart.in_all == (sum(minutes.values()) if chart.rises else 0)
    assert [rise for rise in chart.rises if not (0 <= rise.x <= chart.width and 0 <= rise.y <= 100)] == []


def test_it_shows_the_chart_and_the_same_as_a_table():
    owner, push = make_over()
    for minutes, number in ((-60, 30), (0, 1020), (30, 25)):
        make_sums(push, number, number, at=push.starts_at + timedelta(minutes=minutes))

    page = parse(owner.get(page_of(push, "recap"), headers={"Accept-Language": "fr"}))

    drawings = [attributes["aria-label"] for tag, attributes in page.elements if tag == "svg" and "role" in attributes]
    assert len(drawings) == 1
    paths = [attributes["d"] for _, attributes in page.elements if attributes.get("class") == "chart-bar"]
    assert len(paths) == 1
    assert re.fullmatch(r"[MHVZ\d ]+", paths[0])
    assert "1\xa0075" in page.text


# ---- by gathering


def test_small_places_are_told_as_one():
    shown = places.draw([("Paris", 120), ("Lille", 4), ("Lyon", 30), ("Rennes", 7)])
    assert [(place.name, place.number, place.together) for place in shown] == [
        ("Paris", 120, False),
        ("Lyon", 30, False),
        ("Lille, Rennes", 11, True),
    ]


def test_one_small_place_takes_another_with_it():
    shown = places.draw([("Paris", 120), ("Lille", 4), ("Lyon", 30)])
    assert [(place.name, place.number) for place in shown] == [("Paris", 120), ("Lille, Lyon", 34)]


def test_places_of_fewer_than_ten_in_all_are_not_told():
    assert places.draw([("Paris", 5), ("Lille", 4)]) == []


def test_it_counts_each_gathering_and_who_named_none():
    owner, rally = make_over(make_rally_call)
    paris, lyon = make_gathering(rally, name={"fr": "Paris"}), make_gathering(rally, name={"fr": "Lyon", "en": "Lyons"})
    gone = make_gathering(rally, name={"fr": "Annulé"})
    for place, number in ((paris.pk, 60), (lyon.pk, 20), (gone.pk, 11), (0, 12)):
        make_sums(rally, number, place=place)
    Gathering.objects.filter(pk=gone.pk).delete()

    with override("en"):
        shown = places.by_place(rally, "en")

    assert shown is not None
    assert [(place.name, place.number) for place in shown] == [("Paris", 60), ("no place named", 23), ("Lyons", 20)]
    page = owner.get(page_of(rally, "recap")).content.decode()
    assert "Lyons" in page
    assert "Annulé" not in page


# ---- whatever happened, no small count is on the page

COUNTS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 40)), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(COUNTS)
def test_no_number_on_the_page_is_a_small_count(counts):
    owner, rally = make_over(make_rally_call)
    for number, minute in counts:
        place = make_gathering(rally, name={"fr": "Place"}, address="rue")
        at = rally.starts_at + timedelta(minutes=5 * minute)
        Tally.objects.add(rally, place.pk, "joined", at, total=number + 3, counted=number)

    page = parse(owner.get(page_of(rally, "recap")))

    cells = re.findall(r"<(?:td|dd)>(.*?)</(?:td|dd)>", owner.get(page_of(rally, "recap")).content.decode(), re.DOTALL)
    numbers = [int(text) for cell in cells for text in re.findall(r"\d+", re.sub(r"<.*?>|fewer than 10", "", cell))]
    assert cells
    assert [number for number in numbers if number < 10] == []
    assert "None" not in page.text


def test_the_number_of_questions_does_not_grow_with_the_alerts(django_assert_max_num_queries):
    owner, push = make_over()
    for _ in range(6):
        send(push, 100, 90)
    make_follow(push.campaign, make_device())
    owner.get(page_of(push, "recap"))
    with django_assert_max_num_queries(18):
        owner.get(page_of(push, "recap"))


def test_lines_are_by_the_same_rule():
    line = line_of(Alert(audience_size=9), AlertFigures(accepted=8, shown=7, opened=1))
    assert line == AlertLine(line.alert, *[Told(None, How.FEW)] * 4)


def test_unconfirmed_ones_are_told_apart_and_never_as_a_sum():
    owner, push = make_over()
    Tally.objects.add(push, 0, "joined", timezone.now(), total=47, counted=30)
    page = " ".join(owner.get(page_of(push, "recap")).content.decode().split())
    assert "so not counted in public: 17" in re.sub(r"<.*?>", "", page)
    assert "47" not in funnel_on(page).values()
