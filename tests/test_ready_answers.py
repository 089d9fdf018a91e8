"""Ready bytes: built once while many ask, never older than they may be."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import Http404

from mobilise.ready import Ready, ReadyAnswers


def build(number: int) -> Ready:
    return Ready.from_json({"number": number})


def test_ready_bytes_are_built_once_while_many_ask():
    answers, built = ReadyAnswers(), []

    def slow() -> Ready:
        built.append(1)
        time.sleep(0.05)
        return build(1)

    threads = [threading.Thread(target=answers.get, args=("key", slow, 5.0)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(built) == 1


def test_ready_bytes_are_built_again_when_they_are_old():
    answers = ReadyAnswers()
    answers.get("key", lambda: build(1), 0.05)
    time.sleep(0.06)

    assert answers.fresh("key", 0.05) is None
    assert answers.get("key", lambda: build(2), 0.05).body == b'{"number":2}'


def test_while_one_builds_others_get_the_last_bytes():
    answers, building, finish = ReadyAnswers(), threading.Event(), threading.Event()
    answers.get("key", lambda: build(1), 0.2)
    time.sleep(0.21)

    def slow() -> Ready:
        building.set()
        finish.wait(5)
        return build(2)

    builder = threading.Thread(target=answers.get, args=("key", slow, 0.2))
    builder.start()
    building.wait(5)
    meanwhile = answers.get("key", lambda: build(3), 0.2)
    finish.set()
    builder.join()

    assert meanwhile.body == b'{"number":1}'
    assert answers.get("key", lambda: build(4), 5).body == b'{"number":2}'


def test_a_build_that_fails_is_tried_again():
    answers = ReadyAnswers()

    def fail() -> Ready:
        raise Http404

    with pytest.raises(Http404):
        answers.get("key", fail, 5)
    assert answers.get("key", lambda: build(1), 5).body == b'{"number":1}'


def test_nobody_gets_bytes_older_than_twice_their_time_however_long_the_next_take(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr("mobilise.ready.time.monotonic", lambda: now[0])
    answers, building, finish = ReadyAnswers(), threading.Event(), threading.Event()
    answers.get("key", lambda: build(1), 1.0)

    def slow() -> Ready:
        building.set()
        assert finish.wait(20)
        return build(2)

    with ThreadPoolExecutor(2) as pool:
        now[0] = 1.5
        builder = pool.submit(answers.get, "key", slow, 1.0)
        assert building.wait(20)
        now[0] = 1.9
        assert answers.get("key", lambda: build(3), 1.0).body == b'{"number":1}'
        now[0] = 2.1
        late = pool.submit(answers.get, "key", lambda: build(3), 1.0)
        assert not late.done()
        finish.set()

        # Begun at 1.5: it is as old as its reading.
        assert (late.result(20).body, builder.result(20).body) == (b'{"number":2}', b'{"number":2}')
