"""Outlook's mailboxes (PST, OST): attachments of messages, deleted ones too, by libpff."""

from collections.abc import Callable, Iterator
from functools import partial
from io import SEEK_SET, BytesIO
from typing import Any, BinaryIO, Final, TypeAlias

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner, LimitError
from hashmatch.sources.inside.streams import Stream

_Object: TypeAlias = Any
"""What libpff gives."""
_DEEPEST: Final = 64
_TEXTS: Final = {"message.html": "get_html_body", "message.rtf": "get_rtf_body"}
"""Texts that may hold pictures, and what gives them."""


class Pst:
    """Gives attachments and texts with pictures of each message, folder by folder."""

    kinds: tuple[str, ...] = ("Outlook mailbox (PST)",)
    modules: tuple[str, ...] = ("pypff", "encodings.utf_16_le")
    extra = "pst"

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members; those of messages that no folder holds come last."""
        del passwords
        import pypff

        file.seek(0)
        mailbox = pypff.file()
        try:
            mailbox.open_file_object(file)
        except Exception as error:  # noqa: BLE001 # the library's errors have no common root
            detail = f"an Outlook mailbox that is damaged ({type(error).__name__})"
            yield Unreadable(Reason.DAMAGED, detail)
            return
        try:
            yield from _Walk(mailbox, budget).members()
        finally:
            mailbox.close()


class _Walk:
    """One mailbox's members."""

    def __init__(self, mailbox: _Object, budget: Budget) -> None:
        self._mailbox, self._budget = mailbox, budget
        self._number = self._problems = 0

    def members(self) -> Iterator[Inner | Unreadable]:
        """Members of all messages."""
        root = self._safe(lambda: self._mailbox.root_folder)
        if root is not None:
            yield from self._folder(root, "", 0)
        for thing in self._each(self._mailbox, "orphan_item"):
            yield from self._message(thing, "orphans", 0)
        if self._problems:
            detail = f"{self._problems} damaged items of an Outlook mailbox"
            yield Unreadable(Reason.DAMAGED, detail)

    def _safe(self, read: Callable[[], _Object]) -> _Object:
        """What the library gives; None where it fails."""
        try:
            return read()
        except LimitError:
            raise
        except Exception:  # noqa: BLE001 # the library's errors have no common root
            self._problems += 1
            return None

    def _each(self, thing: _Object, kind: str) -> Iterator[_Object]:
        """Things of a kind that a thing holds, as far as it can hold them."""
        count = getattr(thing, f"get_number_of_{kind}s", None)
        if count is None:
            return
        for number in range(self._safe(count) or 0):
            self._budget.check()
            found = self._safe(partial(getattr(thing, f"get_{kind}"), number))
            if found is not None:
                yield found

    def _folder(self, folder: _Object, path: str, depth: int) -> Iterator[Inner]:
        for message in self._each(folder, "sub_message"):
            yield from self._message(message, path, depth)
        if depth < _DEEPEST:
            for inner in self._each(folder, "sub_folder"):
                name = self._safe(inner.get_name) or ""
                yield from self._folder(inner, f"{path}/{name}" if path else name, depth + 1)

    def _message(self, message: _Object, path: str, depth: int) -> Iterator[Inner]:
        for text, read in _TEXTS.items():
            data = self._safe(getattr(message, read)) if hasattr(message, read) else None
            if data:
                self._budget.bytes(len(data))
                yield self._inner(f"{path}/{text}", len(data), partial(BytesIO, bytes(data)))
        for attachment in self._each(message, "attachment"):
            name = self._safe(attachment.get_long_filename) or "attachment"
            # Only one whose bytes lie in it has a size: another is a message.
            size = _size(attachment)
            if size:
                held = partial(_attached, attachment, size, self._budget)
                yield self._inner(f"{path}/{name}", size, held)
            if depth < _DEEPEST:
                for inner in self._each(attachment, "sub_item"):
                    yield from self._message(inner, f"{path}/{name}", depth + 1)

    def _inner(self, name: str, size: int, opened: Callable[[], BinaryIO]) -> Inner:
        self._budget.member()
        step = Member("pst", self._number, name.lstrip("/"))
        self._number += 1
        return Inner(step, size, open=opened)


def _size(attachment: _Object) -> int:
    try:
        return int(attachment.get_size())
    except Exception:  # noqa: BLE001 # the library's errors have no common root
        return 0


def _attached(attachment: _Object, size: int, budget: Budget) -> BinaryIO:
    return _Attachment(attachment, size, budget).as_file()


class _Attachment(Stream):
    """The bytes of an attachment."""

    def __init__(self, attachment: _Object, size: int, budget: Budget) -> None:
        self._attachment, self._left, self._budget = attachment, size, budget
        self._place = 0

    def piece(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            UnreadableError: they cannot be read.
        """
        wanted = min(size, self._left)
        if not wanted:
            return b""
        try:
            self._attachment.seek_offset(self._place, SEEK_SET)
            data = bytes(self._attachment.read_buffer(wanted))
        except Exception as error:  # noqa: BLE001 # the library's errors have no common root
            detail = f"damaged in its Outlook mailbox ({type(error).__name__})"
            raise UnreadableError(Reason.DAMAGED, detail) from None
        if not data:
            raise UnreadableError(Reason.TRUNCATED, "its Outlook mailbox ends before it")
        self._budget.bytes(len(data))
        self._place += len(data)
        self._left -= len(data)
        return data
