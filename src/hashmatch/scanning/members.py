"""What a worker says of an item that lies in a file of the evidence, and what is believed of it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.files.digesting import Digester
from hashmatch.model import AllocationState, Digests, PlaceConfidence, Unreadable
from hashmatch.model.locator import Step, plain_steps
from hashmatch.scanning import wire
from hashmatch.scanning.digested import HEAD, Digested, Sent, is_media
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.base import Found
from hashmatch.sources.inside.backup_manifest import LONGEST_NAME
from hashmatch.sources.inside.backup_manifest import TIMES as ORIGINAL_TIMES
from hashmatch.wording import to_install

if TYPE_CHECKING:
    from hashmatch.sources.inside.base import Inner
    from hashmatch.sources.inside.expanded import Expanded

_HEAD: Final = 64
_SMALLEST: Final = 26
"""Bytes of the smallest picture or film that does not begin like one: fewer are not decoded."""
_MOST_SENT: Final = 48 << 20
"""Bytes of a member that are sent with it; the worker that decodes a larger one opens it anew."""
_LEAST_STORED: Final = 1 << 15
"""Bytes of a member that is not sent if it lies in its file as it is: to open that once more takes
longer than to send fewer."""
_MOST_NOTED: Final = 100_000
"""Contents that are known to be sent: behind so many others, copies are sent once more."""
_MOST_RUNS: Final = 1000
"""Pieces of a file on its medium that go on record."""
MOST_SIZE: Final = 1 << 63
_MOST_TIME: Final = 40
"""Characters of a time."""
_TIMES: Final = frozenset({"modified", "accessed", "changed", "created", *ORIGINAL_TIMES})
LONGEST_ORIGINAL: Final = 4 * LONGEST_NAME
"""Characters of the name that an item had where it came from; it may lie deep in a named file."""


def packed(said: Mapping[str, Any], data: bytes = b"") -> bytes:
    """What is said, as JSON, with bytes behind it."""
    header = json.dumps(said).encode()
    return len(header).to_bytes(4, "big") + header + data


def unpacked(content: bytes) -> tuple[dict[str, Any], bytes]:
    """What was packed.

    Raises:
        ProtocolError: it is nothing that was.
    """
    size = int.from_bytes(content[:4], "big")
    try:
        said = json.loads(content[4 : 4 + size])
    except ValueError:
        raise ProtocolError from None
    if not isinstance(said, dict):
        raise ProtocolError
    return said, content[4 + size :]


def plain(why: Unreadable | None) -> list[str] | None:
    """A reason as JSON."""
    return None if why is None else [why.reason, why.detail]


def problem_in(value: Any) -> Unreadable | None:  # noqa: ANN401 (whatever JSON holds)
    """The reason; None where there is none.

    Raises:
        ValueError, TypeError: it is none.
    """
    return None if value is None else wire.unreadable(*value)


def outcome(item: "Expanded") -> Unreadable | None:
    """Why a container was not read, or not all of it, or that it was; None of what is none."""
    kind, problems = item.kind, item.problems
    if kind is not None and item.extra:
        install = f"its reader is not installed: {to_install(item.extra)}"
        return Unreadable(Reason.CONTAINER, f"{kind.detail}: {install}")
    if problems:
        return first_of(problems)
    return None if kind is None else Unreadable(Reason.OPENED, kind.detail)


def first_of(problems: tuple[Unreadable, ...]) -> Unreadable:
    """The first of several reasons, which says how many more there are."""
    first, *more = problems
    note = f" (and {len(more):,} more)" if more else ""
    return Unreadable(first.reason, f"{first.detail}{note}")


def part_of(
    item: "Expanded",
    outer: BinaryIO,
    sent: set[str] | None,
    *,
    more: Mapping[str, object] = MappingProxyType({}),
    on_progress: Callable[[float], object] = lambda _: None,
) -> bytes:
    """What lies in a file, with its bytes where they are to be decoded and are not too many.

    Args:
        item: that lies in it.
        outer: the file.
        sent: SHA-256 of what was sent before; None where nothing is sent.
        more: is said besides, or instead.
        on_progress: called now and then with the bytes read.
    """
    from hashmatch.sources.inside.streams import extent_in

    inner = item.inner
    head, data, size, digests, extent, problem = b"", b"", item.size, item.digests, None, None
    try:
        if item.file is not None:
            item.file.seek(0)
            # No more is asked for than there is: as much memory would be reserved.
            most = _MOST_SENT if size is None else min(size, _MOST_SENT)
            data = item.file.read(most + 1)
            head, extent = data[:HEAD], extent_in(item.file, outer)
            digester = Digester()
            digester.update(data)
            digester.update_to(size or 0, item.file, on_progress)
            digests = digester.value()
    except UnreadableError as error:
        problem = Unreadable(error.reason, error.detail)
    is_decoded = is_media(head, size) or (item.kind is None and len(head) >= _SMALLEST)
    why = problem or (outcome(item) if item.kind is not None or item.problems else None)
    if head and item.kind is None and not is_decoded:
        why = why or Unreadable(Reason.NOT_A_PICTURE)
    is_stored = extent is not None and len(data) >= _LEAST_STORED
    if not is_decoded or is_stored or not _is_sent(data, str(digests.sha256), sent):
        data = b""
    is_made = inner is not None and inner.is_made
    said = {
        "steps": plain_steps(item.steps),
        "size": None if is_made else size,
        "digests": [None] * 3 if is_made else [digests.md5, digests.sha1, digests.sha256],
        "outcome": plain(why),
        "decoded": is_decoded,
        "opened": item.opened,
        "head": head[:_HEAD].hex(),
        "extent": extent,
        "name": item.original_name[:LONGEST_ORIGINAL],
        **_said_of(inner),
        **more,
    }
    return packed(said, data)


def _is_sent(data: bytes, sha256: str, sent: set[str] | None) -> bool:
    """Whether bytes are sent, which is noted: copies are not."""
    if sent is None or not 0 < len(data) <= _MOST_SENT or sha256 in sent:
        return False
    if len(sent) == _MOST_NOTED:
        sent.clear()
    sent.add(sha256)
    return True


def _said_of(inner: "Inner | None") -> dict[str, object]:
    """What the container, or the file system, says of a member; of the file itself nothing."""
    return {
        "times": {} if inner is None else dict(inner.times),
        "state": inner and inner.state,
        "confidence": inner and inner.confidence,
        "runs": () if inner is None else inner.runs[:_MOST_RUNS],
        "remark": plain(None if inner is None else inner.remark),
    }


def times_in(times: Mapping[str, Any]) -> Mapping[str, str]:
    """The times of an item.

    Raises:
        ProtocolError: they are none.
    """
    is_text = all(isinstance(text, str) and len(text) <= _MOST_TIME for text in times.values())
    if not is_text or len(times) > len(_TIMES) or not set(times) <= _TIMES:
        raise ProtocolError
    return times


def original_name_in(value: object) -> str:
    """The name that an item had where it came from.

    Raises:
        ProtocolError: it is none.
    """
    if not isinstance(value, str) or len(value) > LONGEST_ORIGINAL:
        raise ProtocolError
    return value


def size_in(size: object) -> int:
    """The size of an item.

    Raises:
        ProtocolError: it is none.
    """
    if type(size) is not int or not 0 <= size <= MOST_SIZE:
        raise ProtocolError
    return size


def runs_in(runs: Any) -> tuple[tuple[int, int], ...]:  # noqa: ANN401 (whatever JSON holds)
    """Offset and length of the pieces of an item.

    Raises:
        ValueError, TypeError: they are none.
    """
    return tuple((int(offset), int(length)) for offset, length in runs)


def member_of(
    outer: Found, steps: tuple[Step, ...], said: Mapping[str, Any], data: bytes
) -> Digested:
    """An item in a file of the evidence.

    Args:
        outer: the file.
        steps: from it to the item.
        said: by the worker.
        data: the bytes of the item, or none.

    Raises:
        ValueError, TypeError, KeyError, AttributeError, HashFormatError: it is nothing that
            `part_of` gives.
    """
    size, times, extent = said["size"], said["times"], said["extent"]
    if size is not None:
        size_in(size)
    times_in(times)
    if extent is not None and not all(type(each) is int and each >= 0 for each in extent):
        raise ProtocolError
    state, confidence = said["state"], said["confidence"]
    runs = runs_in(said["runs"])
    digests = wire.digests_of(said["digests"])
    if data and digests != Digests():
        size = _size_of(data, digests)
    why, is_decoded = problem_in(said["outcome"]), said["decoded"] is True
    read = why is None or why.reason is Reason.OPENED
    place = None if extent is None else (extent[0], extent[1])
    problem = None if is_decoded else (why or Unreadable(Reason.EMPTY))
    return Digested(
        outer.inside(
            *(steps, problem, size or 0, times, place),
            state=None if state is None else AllocationState(state),
            confidence=None if confidence is None else PlaceConfidence(confidence),
            runs=runs,
            original_name=original_name_in(said["name"]),
            remark=problem_in(said["remark"]),
        ),
        size,
        digests,
        None,
        size or 0,
        bytes.fromhex(said["head"]),
        problem,
        opened=said["opened"] is True,
        remark=None if read else why,
        sent=Sent(data) if data else None,
    )


def _size_of(data: bytes, digests: Digests) -> int:
    """The size of bytes that were sent, once they are those that these digests are of.

    Hashes are kept by SHA-256, for every copy in this scan and in later ones: a container that
    takes over its worker could give the hashes of other bytes to a file that it has never seen.
    What is not sent is compared by the worker that decodes it.

    Raises:
        ProtocolError: they are others.
    """
    if hashlib.sha256(data, usedforsecurity=False).hexdigest() != digests.sha256:
        raise ProtocolError
    return len(data)
