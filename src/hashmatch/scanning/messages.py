"""What parent and worker say to each other over one socket.

To a worker go frames of pickled bytes: it trusts its parent. Back come frames whose content
nobody unpickles, because a worker that has parsed hostile data is not trusted.
"""

import struct
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Final, NamedTuple

MAX_ANSWER: Final = 64 << 20
"""Bytes of one answer: more than a day of video gives."""

_LARGE: Final = 1 << 15
"""Bytes that are sent as they are, instead of being copied behind what stands before them."""
_TO_WORKER: Final = struct.Struct("<Q")
_ANSWER: Final = struct.Struct("<BQI")


class Kind(IntEnum):
    """What an answer says."""

    READY = 0
    """Started and locked down; notices and the state of the sandbox follow as JSON."""
    REFUSED = 1
    """Cannot start; the text says why."""
    DONE = 2
    """The task's answer."""
    RAISED = 3
    """The task raised, a fault of ours: type and place, as `fault_of` gives them."""
    NO_MEMORY = 4
    """The task met the limit of memory."""
    ALIVE = 5
    """The task goes on; how far it is, as text of a number."""
    EXPOSED = 6
    """Cannot lock itself down; the text says why."""
    PART = 7
    """A part of the task's answer; more follow, or the answer."""


_KINDS: Final = {each.value: each for each in Kind}


class ProtocolError(ValueError):
    """Bytes that are no answer: a worker's fault, told from those of what reads its answers."""


class Answer(NamedTuple):
    """One frame from a worker."""

    kind: Kind
    task: int
    content: bytes


def to_worker(contents: Iterable[bytes]) -> list[bytes]:
    """The contents as frames for a worker, in pieces: large contents are not copied."""
    pieces: list[bytes] = []
    joined = bytearray()
    for content in contents:
        joined += _TO_WORKER.pack(len(content))
        if len(content) < _LARGE:
            joined += content
        else:
            pieces += (bytes(joined), content)
            joined.clear()
    return [*pieces, bytes(joined)] if joined else pieces


def size_to_worker(header: bytes | bytearray) -> int:
    """The number of bytes that follow this header."""
    (size,) = _TO_WORKER.unpack(header)
    return int(size)


HEADER_TO_WORKER: Final = _TO_WORKER.size


def answer(kind: Kind, task: int, content: bytes) -> bytes:
    """An answer as a frame."""
    return _ANSWER.pack(kind, task, len(content)) + content


def send_answer(send: Callable[[bytes], object], kind: Kind, task: int, content: bytes) -> None:
    """Send an answer as a frame; a large one is not copied for it."""
    if len(content) < _LARGE:
        send(answer(kind, task, content))
    else:
        send(_ANSWER.pack(kind, task, len(content)))
        send(content)


def answer_at(received: bytearray, place: int) -> Answer | None:
    """The answer that begins here in what was received; None while it is not whole.

    Raises:
        ProtocolError: the bytes follow no protocol of ours.
    """
    begin = place + _ANSWER.size
    if len(received) < begin:
        return None
    kind, task, size = _ANSWER.unpack_from(received, place)
    if kind not in _KINDS or size > MAX_ANSWER:
        raise ProtocolError
    if len(received) < begin + size:
        return None
    with memoryview(received) as view:
        return Answer(_KINDS[kind], task, bytes(view[begin : begin + size]))


def size_of(answer: Answer) -> int:
    """The bytes of the frame of an answer."""
    return _ANSWER.size + len(answer.content)
