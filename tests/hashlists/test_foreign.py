"""Files that are no hash lists are named as what they are."""

import io
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from hashmatch.errors import ListFormatError
from hashmatch.hashlists import foreign
from hashmatch.hashlists.reading import read_list
from hashmatch.index.index import Index
from hashmatch.index.section_writing import MAGIC
from hashmatch.sightings.database import Database
from hashmatch.sightings.schema import APPLICATION_ID
from tests.support.known_lists import entry, hash_list
from tests.support.list_files import listed


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32)).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("JPEG", "a JPEG picture"),
        ("PNG", "a PNG picture"),
        ("GIF", "a GIF picture"),
        ("TIFF", "a TIFF picture"),
        ("BMP", "a BMP picture"),
        ("WEBP", "a WebP picture"),
        ("ICO", "an icon"),
        ("PDF", "a PDF document"),
        ("JPEG2000", "a JPEG 2000 picture"),
    ],
)
def test_what_pillow_writes_is_named(form: str, words: str) -> None:
    with pytest.raises(ListFormatError, match=f"photo is {words}, not a hash list"):
        listed(picture(form), "photo")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"\xef\xbb\xbf", "a file of spaces and line ends only"),
        (b" \r\n\n", "a file of spaces and line ends only"),
        (bytes(3000), "a file of zero bytes only"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC or HEIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "an MP4 or QuickTime video"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "an MP4 or QuickTime video"),
        (b"RIFF\0\0\0\0AVI LIST", "an AVI video"),
        (b"\x1aE\xdf\xa3\x93B\x82", "a Matroska or WebM video"),
        ((b"G" + bytes(187)) * 4, "an MPEG transport stream"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        (b"(\xb5/\xfd\4", "a Zstandard file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document or a mail"),
        (b"EVF\t\r\n\xff\0\1", "an EnCase disk image"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf<html>", "a web page"),
        (b"<?xml version='1.0'?><rss/>", "an XML document"),
        (pickle.dumps({"a": 1}), "a Python pickle"),
        (bytes(range(256)) * 9, "a binary file"),
    ],
)
def test_other_files_are_named(data: bytes, words: str) -> None:
    with pytest.raises(ListFormatError, match=f"known.txt is {words}"):
        listed(data)


@pytest.mark.parametrize("text", ["hello\nworld\n", "ünïcödé, \ttabs\n" * 9, "Größe\n"])
def test_texts_are_not_called_binary(text: str) -> None:
    for encoding in ("utf-8", "utf-16", "cp1252"):
        assert foreign.what_is(text.encode(encoding)) == ""
    with pytest.raises(ListFormatError, match="is in no format of hash lists that hashmatch reads"):
        listed(text)


def test_what_hashmatch_writes_is_named(tmp_path: Path) -> None:
    with Index.edit(tmp_path / "lab.index") as index:
        index.put(hash_list([entry(1)]))
    for path in (tmp_path / "lab.index").iterdir():
        if path.suffix in (".hma", ".json"):
            with pytest.raises(ListFormatError, match="is a file of a hashmatch index"):
                read_list(path)
    with Database.open(tmp_path / "lab.sightings"):
        pass
    with pytest.raises(ListFormatError, match="is a database of sightings"):
        read_list(tmp_path / "lab.sightings")
    with pytest.raises(ListFormatError, match="is a folder, not a hash list"):
        read_list(tmp_path / "lab.index")


def test_marks_of_other_modules_are_the_same() -> None:
    assert foreign.what_is(MAGIC + bytes(99)).startswith("a file of a hashmatch index")
    with sqlite3.connect(":memory:") as database:
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute("CREATE TABLE x (y)")
        assert foreign.is_sightings(database.serialize())
    database.close()


@pytest.mark.parametrize("detected", [foreign.what_is, foreign.is_sightings])
@pytest.mark.parametrize("size", [0, 1, 3, 70, 190])
def test_short_heads_are_no_error(detected: Callable[[bytes], object], size: int) -> None:
    """What is cut, or has nothing but zeros behind its mark, is taken for nothing of ours."""
    for start in (b"", b"SQLite format 3\0", b"RIFF", b"G", b"BM", b"PK\3\4"):
        assert "hashmatch" not in str(detected((start + bytes(size))[:size]))
