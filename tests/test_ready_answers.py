"""Ready bytes: built once while many ask, never older than they may be."""

import threading
import time

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
