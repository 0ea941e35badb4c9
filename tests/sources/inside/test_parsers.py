"""The table of parsers names all that there are, and what must be loaded before lockdown."""

import base64
import importlib
import inspect
import io
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from hashmatch.containers import NAMES
from hashmatch.errors import Reason
from hashmatch.kinds.sniffing import Container
from hashmatch.model.locator import Member, Range
from hashmatch.sources import inside
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.parsers import (
    BEHIND,
    PARSERS,
    SAFE,
    SEARCHING,
    STREAMED,
    is_installed,
    modules_needed,
    parser_of,
    warm_up,
)
from hashmatch.sources.inside.steps import reach
from tests.support.archives import MADE, tarred, zipped
from tests.support.photos import encoded, photo


def test_the_table_has_every_parser_and_only_kinds_that_it_reads() -> None:
    found = {
        f"{module.name}:{name}"
        for module in pkgutil.iter_modules(inside.__path__, f"{inside.__name__}.")
        for name, thing in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if thing.__module__ == module.name
        and name[0] != "_"
        and hasattr(thing, "kinds")
        and not getattr(thing, "_is_protocol", False)
    }
    assert {*PARSERS.values(), *SEARCHING, BEHIND} == found
    for form in PARSERS:
        parser = parser_of(form)
        assert parser is not None
        assert form in parser.kinds
        assert set(parser.kinds) <= set(NAMES)
        assert parser.extra in ("", "archives", "disk", "docs", "pst")
    assert set(PARSERS) >= STREAMED


def test_a_disk_image_that_ends_its_reader_is_searched_by_content() -> None:
    picture = encoded(photo("coffee").resize((160, 120)), "JPEG")
    data = bytearray(1 << 20)
    data[510:512] = b"\x55\xaa"
    data[446:462] = bytes([0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 99, 0, 0, 0])
    data[9999 : 9999 + len(picture)] = picture
    found = list(
        expand(io.BytesIO(bytes(data)), parsers=SAFE, searches=lambda head: head[:2] != b"\xff\xd8")
    )
    assert found[-1].kind == Container("disk image with partitions")
    assert [each.steps for each in found[:-1]] == [(Range(9999, len(picture)),)]


def test_what_is_written_as_an_archive_is_read_as_one() -> None:
    document = zipped([("word/document.xml", b"<x/>"), ("word/media/image1.jpeg", b"picture")])
    rows = list(expand(io.BytesIO(document)))
    assert rows[-1].kind == Container("Word document")
    assert rows[-1].kind.form == "zip archive"
    assert rows[1].steps == (Member("zip", 1, "word/media/image1.jpeg"),)


def test_a_kind_that_no_parser_reads_is_named() -> None:
    (row,) = expand(io.BytesIO(b"\xed\xab\xee\xdb" + bytes(100)))
    assert [(why.reason, why.detail) for why in row.problems] == [(Reason.CONTAINER, "RPM package")]


def test_a_kind_whose_library_is_missing_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive = MADE["7z stored"]()
    monkeypatch.setitem(sys.modules, "py7zr", None)
    (row,) = expand(io.BytesIO(archive))
    assert row.extra == "archives"
    assert [(why.reason, why.detail) for why in row.problems] == [
        (Reason.CONTAINER, "7-Zip archive")
    ]
    parser = parser_of("7-Zip archive")
    assert parser is not None
    assert not is_installed(parser)
    assert "py7zr" in warm_up()


def test_pictures_are_carved_from_what_no_parser_reads() -> None:
    gif = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
    text = b"<img src='data:image/gif;base64," + base64.b64encode(gif) + b"'>"
    data = b"unknown" * 100 + gif + text
    archive = tarred([("cache.bin", data)])
    rows = list(expand(io.BytesIO(archive), searches=lambda head: not head.startswith(b"GIF8")))
    step = Member("tar", 0, "cache.bin")
    inner = (Range(700, len(gif)), Member("base64", 0, "gif"))
    assert [row.steps for row in rows] == [*((step, each) for each in inner), (step,), ()]
    for row in rows[:2]:
        assert reach(io.BytesIO(archive), row.steps).file.read() == gif
    assert [row.steps for row in expand(io.BytesIO(archive))] == [(step,), ()]


CODE = """
import sys
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.parsers import warm_up
warm_up()
loaded = set(sys.modules)
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        for item in expand(file):
            pass
print(sorted(set(sys.modules) - loaded))
"""


def test_nothing_is_imported_once_all_that_is_needed_was(tmp_path: Path) -> None:
    paths = []
    for number, make in enumerate(MADE.values()):
        path = tmp_path / str(number)
        path.write_bytes(make())
        paths.append(str(path))
    command = [sys.executable, "-c", CODE, *paths]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    assert done.stdout == "[]\n"
    assert "encodings.cp437" in modules_needed()
