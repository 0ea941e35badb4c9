"""Tasks on their way: what was loaded for one goes with it until it is answered."""

import pytest

from hashmatch.scanning.tickets import Stage, Ticket


@pytest.mark.parametrize("keeps", [True, False])
def test_what_was_loaded_is_sent_again_until_there_is_an_answer(*, keeps: bool) -> None:
    ticket: Ticket[str, str] = Ticket(0, "a member", b"its address", loaded=b"its bytes")
    # A worker gives back what it did not come to, and what it died over is tried once more.
    for stage in (Stage.FIRST, Stage.FIRST, Stage.AGAIN):
        ticket.stage = stage
        assert ticket.order_payload() == b"its bytes"
    ticket.answered(keeps=keeps)
    assert (ticket.loaded, ticket.costly) == (b"", not keeps)
    ticket.stage = Stage.CHECK
    assert ticket.order_payload() == (b"its bytes" if keeps else b"its address")
    ticket.forget()
    assert ticket.costly
    assert ticket.order_payload() == b"its address"


def test_a_task_for_which_nothing_was_loaded_costs_no_more_the_next_time() -> None:
    ticket: Ticket[str, str] = Ticket(0, "a file", b"its path")
    ticket.answered()
    ticket.forget()
    assert not ticket.costly
    assert ticket.order_payload() == b"its path"
