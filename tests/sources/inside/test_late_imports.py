"""A process that is locked down imports nothing more: what parsers need is imported before."""

import contextlib
import io
import pickle
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import py7zr
import pytest

from tests.support.archives import CONTENTS, MADE, seven_zip
from tests.support.inner_members import picture

_READ = """
import importlib, io, sys
from hashmatch.errors import UnreadableError
from hashmatch.sources.inside.base import Inner

class Budget:
    def member(self): pass
    def bytes(self, count): pass
    def check(self): pass

module, _, name = sys.argv[1].rpartition(".")
parser = getattr(importlib.import_module(f"hashmatch.sources.inside.{module}"), name)()
for each in (*parser.modules, *getattr(parser, "optional", ())):
    importlib.import_module(each)
before = set(sys.modules)
found = 0
for inner in parser(io.BytesIO(sys.stdin.buffer.read()), Budget()):
    if isinstance(inner, Inner) and inner.open:
        with inner.open() as file:
            found += bool(file.read())
assert found, "nothing was read"
late = sorted(set(sys.modules) - before)
assert not late, late
"""


def _pdf() -> bytes:
    from tests.support.pdf_files import seeds

    return seeds()["flate"]


def _broken_pdf() -> bytes:
    return b"%PDF-1.4\n" + picture("JPEG") + picture("BMP")


def _ole() -> bytes:
    from tests.support.ole_files import blips, message, ole, workbook

    tree = message({"a.jpg": picture("JPEG")})
    return ole({**tree, "Pictures": blips(), "Workbook": workbook()})


def _mail() -> bytes:
    head = b'Subject: x\nContent-Type: image/jpeg;\n name="=?%s?B?44Gr44G7?="\n'
    rest = b"Content-Transfer-Encoding: base64\n\n/9j/AAAA\n"
    charsets = (b"shift_jis", b"koi8-r", b"windows-1251", b"iso-2022-jp", b"big5", b"x-none")
    return b"".join(b"From a Mon 1 12:00\n" + head % each + rest + b"\n" for each in charsets)


def _database() -> bytes:
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA encoding = 'UTF-16le'")
    connection.execute("CREATE TABLE t (b)")
    connection.execute("INSERT INTO t VALUES (?)", (picture("JPEG"),))
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


_SEEDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "pdf.Pdf": (_pdf, "pikepdf"),
    "pdf.Pdf damaged": (_broken_pdf, "pikepdf"),
    "ole.Ole": (_ole, "olefile"),
    "mail.Mail": (_mail, ""),
    "sqlite.Sqlite": (_database, ""),
    "carving.Carving": (lambda: picture("BMP"), ""),
    "encoded_text.EncodedText": (lambda: b'"/9j/' + b"A" * 99 + b'"', ""),
    "rtf.Rtf": (lambda: b"{\\rtf1{\\pict\\jpegblip " + picture("JPEG").hex().encode() + b"}}", ""),
}


@pytest.mark.parametrize("name", _SEEDS)
def test_nothing_is_imported_late(name: str) -> None:
    make, library = _SEEDS[name]
    if library and not find_spec(library):
        pytest.skip(f"{library} is not installed")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _READ, name.split(maxsplit=1)[0]],
        check=False,
        input=make(),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]


_READ_ALL = """
import io, pickle, sys
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.sources.inside.expanding import expand
ExpandFiles().warm_up()
before = set(sys.modules)
late = {}
words = ("wrong", "secret", "password", "tika", "abc", "Password1234_")
for kind, data in pickle.load(sys.stdin.buffer).items():
    for item in expand(io.BytesIO(data), passwords=words):
        pass
    new = sorted(set(sys.modules) - before)
    before.update(new)
    if new:
        late[kind] = new
assert not late, late
"""


def test_nothing_is_imported_late_by_any_archive_with_or_without_a_password() -> None:
    archives = {}
    for kind, make in MADE.items():
        with contextlib.suppress(pytest.skip.Exception):
            archives[kind] = make()
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password="secret") as archive:  # noqa: S106
        archive.writestr(b"x" * 5000, "x")
    archives["encrypted 7z"] = out.getvalue()
    for kind in ("ZipCrypto", "AES256"):
        with contextlib.suppress(pytest.skip.Exception):
            archives[kind] = seven_zip(CONTENTS, "-psecret", f"-mem={kind}")
    office = Path(__file__).parents[2] / "fixtures/office"
    archives |= {each.name: each.read_bytes() for each in office.iterdir()}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _READ_ALL],
        check=False,
        input=pickle.dumps(archives),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()[-1500:]
