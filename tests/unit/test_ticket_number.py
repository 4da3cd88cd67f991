from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import NotFound
from models.ticket import MONTH, id_of, number_of

IDS = st.builds(
    lambda month, sequence: month * MONTH + sequence,
    st.integers(min_value=202401, max_value=209912),
    st.integers(min_value=1, max_value=MONTH - 1),
)


@given(IDS)
def test_a_number_leads_back_to_its_ticket(ticket_id: int) -> None:
    assert id_of(number_of(ticket_id)) == ticket_id


@given(IDS, IDS)
def test_two_tickets_never_have_the_same_number(one: int, other: int) -> None:
    assert (one == other) == (number_of(one) == number_of(other))


def test_a_number_begins_with_its_month_and_is_short_enough_to_be_read_out() -> None:
    assert number_of(202611 * MONTH + 42).startswith("2026110000042")
    assert len(number_of(202611 * MONTH + 9_999_999)) == 14


@given(IDS, st.data())
def test_a_slip_in_one_digit_is_noticed(ticket_id: int, data: st.DataObject) -> None:
    number = number_of(ticket_id)
    position = data.draw(st.integers(min_value=0, max_value=len(number) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[position]]))
    with pytest.raises(NotFound):
        id_of(number[:position] + digit + number[position + 1 :])


@given(IDS)
def test_zeros_put_in_between_make_no_second_number(ticket_id: int) -> None:
    number = number_of(ticket_id)
    for check in "0123456789":
        with pytest.raises(NotFound):
            id_of(f"{number[:6]}0{number[6:-1]}{check}")


@pytest.mark.parametrize(
    "number",
    ["", "1", "abc", "2026110000042", "２０２６１１０００００４２５", "1" * 40, "20261100000425\n", "-0261100000425"],
)
def test_what_cannot_be_a_number_is_not_found(number: str) -> None:
    with pytest.raises(NotFound):
        id_of(number)
