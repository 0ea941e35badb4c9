"""No free program writes such mailboxes: objects of its interface mostly stand in for it."""

import lzma
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.pst import Pst
from tests.support.inner_members import members, picture


class Attachment:
    """As the library has it: the bytes, or a message."""

    def __init__(self, name: str | None, data: bytes, *items: Any) -> None:
        self.name, self.data, self.items, self.place = name, data, items, 0

    def get_long_filename(self) -> str | None:
        return self.name

    def get_size(self) -> int:
        if self.items:
            message = "no data"
            raise OSError(message)
        return len(self.data)

    def seek_offset(self, place: int, _: int) -> None:
        self.place = place

    def read_buffer(self, size: int) -> bytes:
        return self.data[self.place : self.place + size]

    def get_number_of_sub_items(self) -> int:
        return len(self.items)

    def get_sub_item(self, number: int) -> Any:
        return self.items[number]


def _failing() -> bytes:
    message = "damaged"
    raise OSError(message)


def message(*attachments: Attachment, rtf: Any = lambda: None) -> Any:
    return SimpleNamespace(
        get_html_body=lambda: None,
        get_rtf_body=rtf,
        get_number_of_attachments=lambda: len(attachments),
        get_attachment=lambda number: attachments[number],
    )


def folder(name: str, messages: list[Any], folders: list[Any]) -> Any:
    return SimpleNamespace(
        get_name=lambda: name,
        get_number_of_sub_messages=lambda: len(messages),
        get_sub_message=lambda number: messages[number],
        get_number_of_sub_folders=lambda: len(folders),
        get_sub_folder=lambda number: folders[number],
    )


def test_messages_of_folders_in_messages_and_of_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = message(Attachment("c.gif", picture("GIF")))
    sent = folder("Sent", [message(Attachment(None, b"", inner))], [])
    first = message(Attachment("a.jpg", picture("JPEG")), rtf=lambda: b"{\\rtf1}")
    top = folder("", [], [folder("Top", [first], [sent])])
    orphan = message(Attachment("d.png", picture("PNG")), rtf=_failing)
    mailbox = SimpleNamespace(
        open_file_object=lambda file: None,
        close=lambda: None,
        root_folder=top,
        get_number_of_orphan_items=lambda: 1,
        get_orphan_item=lambda number: orphan,
    )
    monkeypatch.setitem(sys.modules, "pypff", SimpleNamespace(file=lambda: mailbox))
    damaged = Unreadable(Reason.DAMAGED, "1 damaged items of an Outlook mailbox")
    assert members(Pst(), b"") == [
        (Member("pst", 0, "Top/message.rtf"), b"{\\rtf1}"),
        (Member("pst", 1, "Top/a.jpg"), picture("JPEG")),
        (Member("pst", 2, "Top/Sent/attachment/c.gif"), picture("GIF")),
        (Member("pst", 3, "orphans/d.png"), picture("PNG")),
        (None, damaged),
    ]


def test_a_file_that_the_library_refuses_says_so() -> None:
    pytest.importorskip("pypff")
    ((step, problem),) = members(Pst(), b"!BDN" + bytes(9999))
    assert step is None
    assert isinstance(problem, Unreadable)
    assert problem.reason is Reason.DAMAGED


MAILBOX = Path(__file__).parents[2] / "fixtures/pst/dist-list.pst.xz"
"""Of Outlook itself, from the tests of java-libpst (Apache-2.0)."""


def test_a_mailbox_that_outlook_wrote_is_read() -> None:
    pytest.importorskip("pypff")
    data = lzma.decompress(MAILBOX.read_bytes())
    found = members(Pst(), data)
    names = [step.name for step, _ in found if isinstance(step, Member)]
    calendar = "Top of Personal Folders/Calendar"
    assert names == [f"{calendar}/{name}" for name in ("message.rtf", *["attachment"] * 2)]
    sizes = [len(each) for _, each in found if isinstance(each, bytes)]
    assert sizes == [9753, 928, 900]
    assert all(step is not None for step, _ in found)


def test_a_mailbox_that_was_cut_says_so() -> None:
    pytest.importorskip("pypff")
    data = lzma.decompress(MAILBOX.read_bytes())
    for size in (len(data) // 2, len(data) // 8, 600):
        found = members(Pst(), data[:size])
        assert all(isinstance(each, bytes | Unreadable) for _, each in found)
        assert any(isinstance(each, Unreadable) for _, each in found)
