"""Size and digests of files, computed in workers of their own: no decoder ever runs in them.

A worker that decodes may be taken over by a file. Then it can lie about pictures, but not about
digests: it is not asked for any.
"""

import errno
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from hashmatch.containers import is_disk_image, is_of_container, name_in
from hashmatch.errors import HashFormatError, Reason, UnreadableError
from hashmatch.faults import fault_of
from hashmatch.files.digesting import Digester, check_holes, stored_bytes
from hashmatch.kinds import pictures
from hashmatch.kinds.further_pictures import REFUSED
from hashmatch.kinds.videos import sniff_video
from hashmatch.model import Item, MediaHashes, Unreadable
from hashmatch.model.digests import Digests
from hashmatch.model.flags import Flag
from hashmatch.scanning.job import SimpleJob
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.access import Stamp, stamp_of
from hashmatch.sources.base import Found
from hashmatch.sources.opener import FILES, Opener

HEAD: Final = 1 << 16
"""Bytes that show what a file is."""
_HEAD: Final = 64
"""Bytes that show what a file says it is."""
_CHANGED: Final = Unreadable(Reason.CHANGED, "it was written to while its digests were computed")


@dataclass(frozen=True, slots=True)
class Digested:
    """A file with what is known of it without any decoder.

    Attributes:
        found: the file.
        size: in bytes; None where it could not be read.
        digests: none where it could not be read.
        stamp: what is another value once the file is written to; None where it could not be read,
            or its source cannot say.
        stored: bytes of it that are stored, as far as the system says.
        head: the first bytes.
        problem: why it cannot be decoded; None for a file that can.
        searched: whether it is a container, or neither a picture nor a film: what lies in it is
            looked for before it is decoded itself.
        closes: whether what lies in it was looked for, and came before it.
        opened: whether a container in it, or behind the picture or film that it is, was opened.
        remark: why what lies in it was not read, or not all of it; for a file that is no picture.
        sent: its bytes, where they came with it.
        kinds: of containers that were met in it, as the worker says that read them.
    """

    found: Found
    size: int | None = None
    digests: Digests = field(default_factory=Digests)
    stamp: Stamp | None = None
    stored: int = 0
    head: bytes = b""
    problem: Unreadable | None = None
    searched: bool = False
    closes: bool = False
    opened: bool = False
    remark: Unreadable | None = None
    sent: "Sent | None" = field(default=None, compare=False)
    kinds: frozenset[str] = field(default=frozenset(), compare=False)

    def remarked(self, item: Item) -> Item:
        """Its item, which says if something that may lie in the file was not read."""
        remark, why, media = self.remark, item.unreadable, item.media
        if media is not None and self.opened:
            # What could not be read of it is said of that container.
            media = with_opened(media)
            item = replace(item, media=media)
        if remark is None or remark.reason.skipped:
            return item
        if media is not None:
            flags = tuple(dict.fromkeys((*media.flags, Flag.UNREAD_PART)))
            known = media.reason not in (None, Reason.CONTAINER)
            media = replace(media, flags=flags, reason=media.reason if known else remark.reason)
            return replace(item, media=media)
        if why is not None and (why.reason.skipped or why.reason is Reason.CONTAINER):
            return replace(item, unreadable=remark)
        return item


class Sent:
    """Bytes of an item on their way to the worker that decodes it: given away once."""

    def __init__(self, content: bytes) -> None:
        """Hold them."""
        self._content: bytes | None = content

    def take(self) -> bytes | None:
        """The bytes; None where they were taken before."""
        content, self._content = self._content, None
        return content


@dataclass(frozen=True, slots=True)
class DigestFiles(SimpleJob):
    """The job of workers that read files and decode nothing.

    Attributes:
        opener: of the files.
        searches: whether to say of each file if it may hold others.
    """

    opener: Opener = FILES
    searches: bool = False

    def local(self, task: Found) -> Digested | None:
        """What is not to be read has a problem and no digests."""
        return None if task.problem is None else Digested(task, problem=task.problem)

    def name(self, task: Found) -> str:
        """The locator."""
        return task.locator

    def payload(self, task: Found) -> object:
        """What opens the file."""
        return self.opener.handle(task)

    def size(self, task: Found) -> int:
        """The size that the file system states, in bytes."""
        return task.size

    def result(self, task: Found, answer: bytes) -> Digested:
        """The file with its digests."""
        try:
            reason, detail, size, digests, stamp, stored, head, searched = json.loads(
                answer.decode("ascii")
            )
            md5, sha1, sha256 = digests
            problem = Unreadable(Reason(reason), detail) if reason else None
            if problem is not None and searched is not True:
                return Digested(task, problem=problem)
            return Digested(
                task,
                size,
                Digests(md5=md5, sha1=sha1, sha256=sha256),
                Stamp(*stamp) if stamp else None,
                stored,
                bytes.fromhex(head),
                problem,
                searched=searched is True,
            )
        except (ValueError, TypeError, HashFormatError):
            raise ProtocolError from None

    def failed(self, task: Found, why: Unreadable, salvaged: bytes | None) -> Digested:  # noqa: ARG002 (nothing is)
        """The file with the reason."""
        return Digested(task, problem=why)

    def warm_up(self) -> None:
        """Load what digests are computed with, what opens files, and what tells containers."""
        self.opener.warm_up()
        if self.searches:
            from hashmatch.kinds import sniffing
            from hashmatch.sources.inside import behind

            del sniffing, behind
        Digester().value()

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        """Size, digests and stamp, or why there are none, encoded."""
        try:
            with self.opener.open(payload) as file:
                return _digested(file, on_progress, searches=self.searches)
        except UnreadableError as error:
            why = Unreadable(error.reason, error.detail)
        except (OSError, ValueError) as error:
            why = Unreadable(Reason.IO_ERROR, getattr(error, "strerror", None) or fault_of(error))
        return _encoded(why)


def _digested(file: BinaryIO, on_progress: Callable[[float], object], *, searches: bool) -> bytes:
    stamp = stamp_of(file)
    try:
        check_holes(file)
    except UnreadableError as error:
        if not searches or not (begins := _head_of_image(file)):
            raise
        # What is stored of it is read: the files on it.
        return _without_digests(error.reason, error.detail, stamp, file, begins)
    if stamp is None:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
    else:
        size = stamp.size
    digester = Digester()
    try:
        begin = digester.update_to(size, file, on_progress)
    except OSError as error:
        if error.errno != errno.EIO or not searches or not (begins := _head_of_image(file)):
            raise
        # A disk that cannot read some of its sectors: files that lie in none of them are read.
        why = f"{error.strerror}: some of its bytes cannot be read"
        return _without_digests(Reason.IO_ERROR, why, stamp, file, begins)
    if stamp_of(file) != stamp or digester.size != size:
        return _encoded(_CHANGED)
    wanted = HEAD if searches else _HEAD
    if len(begin) < min(wanted, size):
        file.seek(0)
        begin = file.read(wanted)
    head = begin[:wanted]
    digests = digester.value()
    values = [digests.md5, digests.sha1, digests.sha256]
    # A small file was read whole: it is not read once more.
    looked_at = io.BytesIO(begin) if len(begin) == size else file
    searched = (
        searches and size > 0 and may_hold_more(looked_at, head, size, lambda: on_progress(size))
    )
    shown = head[:_HEAD].hex()
    return json.dumps(["", "", size, values, stamp, stored_bytes(file), shown, searched]).encode()


def _without_digests(
    reason: Reason, why: str, stamp: Stamp | None, file: BinaryIO, begins: str
) -> bytes:
    """The answer of an image that cannot be read from end to end, while files on it can."""
    return json.dumps(
        [reason, why, None, [None] * 3, stamp, stored_bytes(file), begins, True]
    ).encode()


def _head_of_image(file: BinaryIO) -> str:
    """The first bytes of a disk image, in hexadecimal digits; empty of any other file."""
    from hashmatch.kinds.sniffing import sniff_container

    file.seek(0)
    head = file.read(HEAD)
    kind = sniff_container(file, head)
    return head[:_HEAD].hex() if kind is not None and is_disk_image(kind.name) else ""


def with_opened(media: MediaHashes) -> MediaHashes:
    """A picture or film behind which a container lies that was opened: it is not read in part."""
    if not name_in(media.flags):
        return media
    flags = tuple(each for each in media.flags if not is_of_container(each))
    reason = None if media.reason in (Reason.CONTAINER, Reason.ENCRYPTED) else media.reason
    return replace(media, flags=(*flags, Flag.CONTAINER_BEHIND), reason=reason)


def is_media(head: bytes, size: int | None = None) -> bool:
    """Whether a file of this size says with its first bytes that it is a picture or film.

    Pictures that are refused by name do not count: others may lie in them, as in an SVG.
    """
    kind = pictures.sniff(head, size)
    return (kind is not None and kind not in REFUSED) or sniff_video(head) is not None


def is_surely_media(head: bytes, size: int | None = None) -> bool:
    """Whether a file is a picture or film that is read here, by a mark that nothing else has."""
    is_sure = is_media(head, size) and pictures.is_sure(head, size)
    return is_sure or sniff_video(head) is not None


def may_hold_more(
    file: BinaryIO,
    head: bytes,
    size: int,
    check: Callable[[], object] = lambda: None,
) -> bool:
    """Whether a file may hold others.

    Containers may, pictures and films behind whose end a container begins, and what is not surely a
    picture or film.

    Args:
        file: left at any place.
        head: its first bytes, 64 KiB of them or all.
        size: of it, in bytes.
        check: called now and then.
    """
    from hashmatch.kinds.sniffing import sniff_container
    from hashmatch.sources.inside.behind import container_behind

    return (
        not is_surely_media(head, size)
        or sniff_container(file, head) is not None
        or container_behind(file, check, head) is not None
    )


def _encoded(why: Unreadable) -> bytes:
    return json.dumps([why.reason, why.detail, None, [None] * 3, [], 0, "", False]).encode()
