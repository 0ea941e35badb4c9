"""What a parent believes of a worker that has parsed hostile data."""

import dataclasses
import json
from collections.abc import Iterator

import pytest

from hashmatch.hashing import HashOptions, hash_item
from hashmatch.scanning import frames, wire
from hashmatch.scanning.reading import HashFiles
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found
from valid_files import valid_files


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"null",
        b"[1,[null,null,null],null,null]",
        b'[-1,[null,null,null],null,["damaged",""]]',
        b'[1.5,[null,null,null],null,["damaged",""]]',
        b'[true,[null,null,null],null,["damaged",""]]',
        b'[1,[null,null],null,["damaged",""],1]',
        b'[1,["x",null,null],null,["damaged",""]]',
        b'[1,[null,null,null],null,["no-such-reason",""]]',
        b'[1,[null,null,null],null,["damaged",7]]',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_answers_that_are_no_items_are_refused(answer: bytes) -> None:
    with pytest.raises(ValueError, match="item"):
        HashFiles().result(Task(Found("x", "x")), answer)


def test_every_field_of_an_answer_is_checked() -> None:
    job, found = HashFiles(HashOptions()), Task(Found("x", "x"))
    picture = hash_item(valid_files()["jpeg"], locator="x")
    whole = wire.encode(picture)
    assert job.result(found, whole) == picture
    fields = json.loads(whole)
    for path in _paths(fields):
        for wrong in _WRONG:
            changed = json.loads(whole)
            at = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = wrong
            with pytest.raises(ValueError, match="item"):
                job.result(found, json.dumps(changed).encode())


_WRONG: tuple[object, ...] = (-1, "\x1b[2J", [[[]]], {"a": 1}, 1 << 70, float("nan"))


def _paths(value: object) -> Iterator[tuple[int, ...]]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            if not each and isinstance(each, list):
                continue
            yield (number,)
            yield from ((number, *rest) for rest in _paths(each))


def test_details_from_a_worker_hold_no_control_characters() -> None:
    answer = b'[1,[null,null,null],null,["damaged","a\\u001b[2J\\nb"]]'
    item = HashFiles().result(Task(Found("x", "x")), answer)
    assert item.unreadable is not None
    assert item.unreadable.detail == "a\ufffd[2J\ufffdb"
    long = dataclasses.replace(
        item, unreadable=dataclasses.replace(item.unreadable, detail="x" * 9999)
    )
    assert len(wire.encode(long)) < 1000


def test_frames_come_whole_in_order_and_once() -> None:
    sent = b"".join(frames.answer(frames.Kind.DONE, n, b"x" * n) for n in range(30))
    received = bytearray()
    taken: list[int] = []
    for number in range(0, len(sent), 7):
        received += sent[number : number + 7]
        while (answer := frames.take_answer(received)) is not None:
            assert answer.content == b"x" * answer.task
            taken.append(answer.task)
    assert taken == list(range(30))


def test_frames_that_claim_too_much_are_refused() -> None:
    for kind, size in ((99, 0), (2, frames.MAX_ANSWER + 1)):
        with pytest.raises(frames.NonsenseError):
            frames.take_answer(bytearray(frames._ANSWER.pack(kind, 0, size)))
