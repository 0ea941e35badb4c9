"""Tasks on their way: what was loaded for one goes with it until it is answered."""

import pytest

from hashmatch.scanning.tickets import Stage, Ticket


@pytest.mark.parametrize("keeps", [True, False])
def test_what_was_loaded_is_sent_again_until_there_is_an_answer(*, keeps: bool) -> None:
    ticket: Ticket[str, str] = Ticket(0, "a member", b"its address", loaded=b"its bytes")
    # A worker that ends before it came to the task gives it back.
    assert [ticket.order_payload(keeps=keeps) for _ in range(2)] == [b"its bytes"] * 2
    ticket.answered()
    assert (ticket.loaded, ticket.costly) == (b"", not keeps)
    ticket.stage = Stage.CHECK
    assert ticket.order_payload(keeps=False) == (b"its bytes" if keeps else b"its address")


def test_who_died_over_a_task_is_followed_by_one_that_opens_it_anew() -> None:
    ticket: Ticket[str, str] = Ticket(0, "a member", b"its address", loaded=b"its bytes")
    assert ticket.order_payload(keeps=True) == b"its bytes"
    ticket.stage = Stage.AGAIN
    assert ticket.order_payload(keeps=True) == b"its address"
