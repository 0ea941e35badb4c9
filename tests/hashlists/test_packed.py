import bz2
import gzip
import hashlib
import io
import lzma
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from hashmatch.errors import ListFormatError
from hashmatch.hashlists import expanding
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index.generation import ListSource
from tests.support.list_files import listed
from tests.support.packed_list_seeds import SEEDS, zipped
from tests.support.text_list_seeds import MD5, MD5_B, nsrl_database
from tests.support.text_list_seeds import SEEDS as TEXTS

CSV = TEXTS["csv/comma"]


def values(known: HashList) -> list[tuple[object, ...]]:
    return [(entry.number, entry.digests, entry.hashes, entry.details) for entry in known.entries]


@pytest.mark.parametrize("name", SEEDS)
def test_a_packed_list_reads_as_the_list_itself(name: str) -> None:
    form, _, variant = name.partition("/")
    known = listed(SEEDS[name])
    assert known.format == form
    assert known.sha256 == hashlib.sha256(SEEDS[name]).hexdigest()
    plain = {
        "gzip": "csv/comma",
        "gzip-of-two-parts": "csv/comma",
        "xz": "plain/pdq",
        "bzip2": "sums/md5sum",
        "zip": "ncmec/entries",
        "zip-utf16": "csv/tab-utf16",
        "zip-stored": "plain/mixed",
    }[variant]
    own = listed(TEXTS[plain])
    assert values(known) == values(own)
    assert known.quarantined == own.quarantined


def test_what_the_tools_of_the_system_write(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    for tool, suffix in (("gzip", ".gz"), ("xz", ".xz"), ("bzip2", ".bz2")):
        path.write_bytes(CSV)
        subprocess.run([f"/bin/{tool}", path], check=True)  # noqa: S603 (what users call)
        known = read_list(tmp_path / f"known.csv{suffix}")
        assert (known.name, known.format, len(known.entries)) == ("known", "csv", 3)


def test_the_member_is_kept_on_record(tmp_path: Path) -> None:
    path = tmp_path / "VIC 2026.zip"
    path.write_bytes(zipped({"export/list.csv": CSV}))
    known = read_list(path)
    assert known.name == "VIC 2026"
    assert ListSource.of(known).details == {"packed": "zip archive", "member": "export/list.csv"}


def test_files_beside_the_list_are_named(tmp_path: Path) -> None:
    members = {"a.csv": CSV, "readme.txt": b"Hello", "p.jpg": b"\xff\xd8\xff\xe0", "empty": b""}
    known = listed(zipped(members))
    assert len(known.entries) == 3
    assert [(row.number, row.reason.partition(": ")[2]) for row in known.quarantined] == [
        (2, "readme.txt is no hash list"),
        (3, "p.jpg is a JPEG picture"),
        (4, "empty is empty"),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (zipped({"a.csv": CSV, "b.txt": TEXTS["plain/pdq"]}), r"2 hash lists \(a\.csv, b\.txt\)"),
        (zipped({"a.jpg": b"\xff\xd8\xff", "b.txt": b"x"}), "a.jpg is a JPEG picture; b.txt is no"),
        (zipped({}), "it is empty"),
        (zipped({"a/": b""}), "it is empty"),
        (zipped({"a.csv": CSV}, flags=1), "encrypted zip archive"),
        (zipped({"a.csv.gz": gzip.compress(CSV)}), "a.csv.gz in .* is a gzip file: unpack"),
        (zipped({"a.zip": zipped({"b.csv": CSV})}), "a.zip in .* is a zip archive: unpack"),
        (gzip.compress(gzip.compress(CSV)), "is a gzip file: unpack"),
        (lzma.compress(zipped({"b.csv": CSV})), "is a zip archive: unpack"),
        (zipped({f"{n}.csv": CSV for n in range(1001)}), "1,001 files"),
        (zipped({"[Content_Types].xml": b"<", "xl/workbook.xml": b"<"}), "an Excel workbook"),
        (zipped({"[Content_Types].xml": b"<", "word/document.xml": b"<"}), "an Office document"),
        (zipped({"mimetype": b"application/epub+zip"}), "OpenDocument or EPUB"),
        (zipped({"a.csv": CSV})[:-30], "damaged zip archive"),
        (zipped({"rds.db": nsrl_database()}), "SQLite database, which cannot be read compressed"),
        (gzip.compress(b"\xff\xd8\xff\xe0JFIF"), "is a JPEG picture, not a hash list"),
        (gzip.compress(b""), "is an empty file, not a hash list"),
        (gzip.compress(b"hello world\n" * 9), "is in no format of hash lists that hashmatch reads"),
    ],
    ids=range(18),
)
def test_what_is_refused_is_named(data: bytes, why: str) -> None:
    with pytest.raises(ListFormatError, match=why):
        listed(data)


def test_a_tar_archive_is_named(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("known.csv")
        info.size = len(CSV)
        archive.addfile(info, io.BytesIO(CSV))
    with pytest.raises(ListFormatError, match="is a tar archive"):
        listed(out.getvalue())
    with pytest.raises(ListFormatError, match="is a tar archive"):
        listed(gzip.compress(out.getvalue()))


@pytest.mark.parametrize(
    "compress", [gzip.compress, lzma.compress, lambda data: bz2.compress(data, 1)]
)
def test_a_file_that_was_cut_keeps_what_came_before(compress: "object") -> None:
    lines = b"".join(
        b"%032x\n" % (n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128) for n in range(20_000)
    )
    data = compress(lines)  # type: ignore[operator]
    known = listed(data[: len(data) * 3 // 4], format="plain")
    assert 0 < len(known.entries) < 20_000
    assert "ends in the middle" in known.quarantined[-1].reason


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, bz2.compress])
def test_a_file_whose_checksum_is_wrong_is_refused(compress: "object") -> None:
    data = bytearray(compress(CSV))  # type: ignore[operator]
    data[-6 if compress is gzip.compress else len(data) // 2] ^= 1
    with pytest.raises(ListFormatError, match="damaged"):
        listed(bytes(data))


def test_a_zip_whose_checksum_is_wrong_is_refused() -> None:
    data = zipped({"a.csv": CSV}, method=zipfile.ZIP_STORED)
    with pytest.raises(ListFormatError, match="damaged"):
        listed(data.replace(b"a cat", b"a cow"))


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(f"{MD5}\n".encode() * 20_000),
        lzma.compress(f"{MD5}\n".encode() * 20_000),
        bz2.compress(f"{MD5}\n".encode() * 20_000),
        zipped({"a.txt": f"{MD5}\n".encode() * 20_000}),
    ],
    ids=["gzip", "xz", "bzip2", "zip"],
)
def test_what_expands_too_far_is_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(listed(data).entries) == 20_000
    monkeypatch.setattr(expanding, "FREE_BYTES", 1 << 16)
    monkeypatch.setattr(expanding, "MOST_RATIO", 2)
    with pytest.raises(ListFormatError, match="expands to more than"):
        listed(data)
    monkeypatch.undo()
    monkeypatch.setattr(expanding, "MOST_BYTES", 1 << 18)
    with pytest.raises(ListFormatError, match="expands to more than 262,144"):
        listed(data)


def test_a_bomb_is_refused_as_it_expands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "FREE_BYTES", 1 << 18)
    line = f"{MD5},{MD5_B}\n".encode()
    data = gzip.compress(b"md5,x\n" + line * (1 << 16))  # 4 MB
    with pytest.raises(ListFormatError, match="expands to more than"):
        listed(data)


def test_the_name_inside_says_the_type_of_old_exports() -> None:
    old = TEXTS["threatexchange/legacy"]
    known = listed(gzip.compress(old), "simple.HASH_PDQ.te.gz")
    assert known.entries
    assert all(not list(entry.digests.items()) for entry in known.entries)


STREAMS = {"gzip file": gzip.compress, "xz file": lzma.compress, "bzip2 file": bz2.compress}


@pytest.mark.parametrize("kind", STREAMS)
def test_bytes_behind_the_end_are_on_record(kind: str) -> None:
    packed_list = STREAMS[kind](CSV)  # type: ignore[operator]
    own = listed(TEXTS["csv/comma"])
    for junk, words in (
        (b"x", "1 byte behind"),
        (b"no stream at all", "16 bytes behind"),
        (b"j" * 200_000, "200,000 bytes behind"),
        (bytes(8) + b"x", "1 byte behind"),
    ):
        known = listed(packed_list + junk)
        assert values(known) == values(own)
        assert known.quarantined[-1].reason == f"not read: {words} the end of the {kind}"
    for filling in (bytes(4), bytes(100_000)):
        assert listed(packed_list + filling).quarantined == own.quarantined


@pytest.mark.parametrize("kind", STREAMS)
def test_streams_behind_each_other_are_one_list(kind: str) -> None:
    compress = STREAMS[kind]
    own = listed(TEXTS["csv/comma"])
    for filling in (b"", bytes(4), bytes(70_000)):
        parts = [CSV[at : at + 20] for at in range(0, len(CSV), 20)]
        known = listed(filling.join(compress(part) for part in parts))  # type: ignore[operator]
        assert (values(known), known.quarantined) == (values(own), own.quarantined)


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("left", [1, 2, 5, 15])
def test_a_second_stream_that_was_cut_is_on_record(kind: str, left: int) -> None:
    packed_list = STREAMS[kind](CSV)  # type: ignore[operator]
    known = listed(packed_list + packed_list[:left])
    assert len(known.entries) == 3
    assert known.quarantined[-1].reason == f"the {kind} ends in the middle of the list"


def test_bytes_around_an_archive_are_on_record() -> None:
    archive = zipped({"a.csv": CSV})
    known = listed(archive + b"junk!" + bytes(4))
    assert [row.reason for row in known.quarantined] == [
        "not read: 5 bytes behind the end of the zip archive"
    ]
    known = listed(zipped({"b.csv": CSV}) + archive)
    assert [row.reason for row in known.quarantined] == [
        f"not read: {len(archive)} bytes in front of the zip archive"
    ]
    assert listed(archive + bytes(512)).quarantined == ()
