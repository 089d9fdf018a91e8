"""The nonce of a receipt: ours for this alert, or nothing."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.receipts import RECEIPT_LENGTH, check_receipt, make_receipt


def test_it_takes_the_nonce_that_was_made_for_the_alert():
    alert = uuid4()

    receipt = make_receipt(alert)

    assert len(receipt) == RECEIPT_LENGTH
    assert len(check_receipt(alert, receipt) or b"") == 16


def test_it_refuses_the_nonce_of_another_alert():
    assert check_receipt(uuid4(), make_receipt(uuid4())) is None


def test_it_never_makes_the_same_twice():
    alert = uuid4()

    assert len({check_receipt(alert, make_receipt(alert)) for _ in range(50)}) == 50


@pytest.mark.parametrize("text", ["", "é" * 43, "!" * 43, "A" * 43, "A" * 42, "A" * 44])
def test_it_refuses_what_is_none(text: str):
    assert check_receipt(uuid4(), text) is None


@given(text=st.text(min_size=40, max_size=46))
def test_it_never_fails_on_any_text(text: str):
    assert check_receipt(uuid4(), text) is None


@given(position=st.integers(0, 41), letter=st.sampled_from("AZaz09-_"))
def test_it_refuses_a_nonce_that_was_changed(position: int, letter: str):
    alert = uuid4()
    receipt = make_receipt(alert)
    changed = receipt[:position] + letter + receipt[position + 1 :]

    assert (check_receipt(alert, changed) is None) == (changed != receipt)
