"""Tasks wait for workers in their order, and go to them in batches."""

from threading import Condition

from hashmatch.scanning.inbox import Inbox
from hashmatch.scanning.tickets import Ticket


def ticket(number: int, size: int = 1, loaded: bytes = b"") -> Ticket[int, int]:
    return Ticket(number, number, size=size, loaded=loaded)


def filled(*sizes: int) -> Inbox[int, int]:
    inbox: Inbox[int, int] = Inbox(Condition())
    for number, size in enumerate(sizes):
        inbox.add(ticket(number, size, b"x" * number))
    return inbox


def test_no_batch_has_more_tasks_than_asked_for_and_none_is_lost() -> None:
    inbox = filled(*[1] * 10)
    batches = [inbox.take(4) for _ in range(4)]
    assert [[each.task for each in batch] for batch in batches] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
        [],
    ]


def test_large_files_go_alone() -> None:
    inbox = filled(1, 5 << 20, 5 << 20, 1)
    assert [[each.task for each in inbox.take(16)] for _ in range(3)] == [[0, 1], [2], [3]]


def test_what_waits_is_counted_until_it_is_taken() -> None:
    inbox = filled(10, 20, 30)
    assert (len(inbox), inbox.waiting_bytes, inbox.loaded_bytes) == (3, 60, 3)
    inbox.take(2)
    assert (len(inbox), inbox.waiting_bytes, inbox.loaded_bytes) == (1, 30, 2)
    assert [each.task for each in inbox.take_back()] == [2]
    assert (len(inbox), inbox.waiting_bytes, inbox.loaded_bytes) == (0, 0, 0)
