"""What somebody puts behind the end of an archive, or between its members, is found."""

import bz2
import gzip
import io
import lzma
import random
import struct
from collections.abc import Callable
from typing import Final

import py7zr
import pytest

from hashmatch.errors import Reason
from hashmatch.model.locator import Range
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.steps import reach
from tests.support.archives import android, tarred, zipped
from tests.support.expanded import rows_of
from tests.support.photos import encoded, photo

HIDDEN = encoded(photo("astronaut").resize((160, 120)), "JPEG", quality=90)
MEMBERS = [("o.jpg", encoded(photo("coffee").resize((160, 120)), "JPEG", quality=90))]


def seven() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        for name, data in MEMBERS:
            archive.writestr(data, name)
    return out.getvalue()


def rar(version: str = "rar50") -> bytes:
    rars = pytest.importorskip("rars")
    builder = rars.RarBuilder(format=version)
    for name, data in MEMBERS:
        builder.add_bytes(data, name)
    return bytes(builder.to_bytes())


def commented() -> bytes:
    """A zip archive that says that the hidden picture is its comment."""
    data = zipped(MEMBERS)
    return data[:-2] + len(HIDDEN).to_bytes(2, "little")


def cpio(members: list[tuple[str, bytes]]) -> bytes:
    made = b""
    for name, data in members:
        fields = [0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        made += b"070701" + b"".join(b"%08x" % each for each in fields) + name.encode() + b"\0"
        made += bytes(-len(made) % 4) + data
        made += bytes(-len(made) % 4)
    return made


def ar(members: list[tuple[str, bytes]]) -> bytes:
    made = b"!<arch>\n"
    for name, data in members:
        made += f"{name}/".encode().ljust(48) + b"%-10d" % len(data) + b"`\n" + data
        made += b"\n" * (len(made) % 2)
    return made


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "zip": lambda: zipped(MEMBERS),
    "zip, as its comment": commented,
    "7z": seven,
    "RAR": rar,
    "RAR 4": lambda: rar("rar40"),
    "tar": lambda: tarred(MEMBERS),
    "cpio": lambda: cpio([*MEMBERS, ("TRAILER!!!", b"")]),
    "ar": lambda: ar(MEMBERS),
    "Android backup": lambda: android(MEMBERS),
}


def hidden_in(archive: bytes) -> list[Range]:
    """Where the picture lies, as `expand` says it and `reach` opens it."""
    found = []
    for item in expand(io.BytesIO(archive)):
        if item.steps and item.file is not None:
            item.file.seek(0)
            if item.file.read() == HIDDEN:
                (step,) = item.steps
                assert isinstance(step, Range)
                assert reach(io.BytesIO(archive), item.steps).file.read() == HIDDEN
                found.append(step)
    return found


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_lies_behind_an_archive_is_an_item(name: str) -> None:
    archive = ARCHIVES[name]()
    assert hidden_in(archive + HIDDEN) == [Range(len(archive), len(HIDDEN))]


@pytest.mark.parametrize("name", ["zip", "7z", "RAR", "RAR 4", "tar"])
def test_padding_behind_an_archive_is_none(name: str) -> None:
    archive = ARCHIVES[name]()
    plain = [item.steps for item in expand(io.BytesIO(archive))]
    assert [item.steps for item in expand(io.BytesIO(archive + bytes(5000)))] == plain


@pytest.mark.parametrize(("version", "mark"), [("rar50", ""), ("rar40", "c43d7b00400700")])
def test_what_lies_behind_the_end_mark_of_a_rar_archive_is_no_damage(
    version: str, mark: str
) -> None:
    archive = rar(version) + bytes.fromhex(mark)
    assert hidden_in(archive + HIDDEN) == [Range(len(archive), len(HIDDEN))]
    *_, whole = expand(io.BytesIO(archive + HIDDEN))
    assert whole.problems == ()


def test_what_lies_before_the_directory_of_a_zip_archive_is_an_item() -> None:
    archive = zipped(MEMBERS)
    end = archive.rfind(b"PK\5\6")
    (start,) = struct.unpack_from("<L", archive, end + 16)
    moved = struct.pack("<L", start + len(HIDDEN))
    archive = archive[:start] + HIDDEN + archive[start : end + 16] + moved + archive[end + 20 :]
    assert hidden_in(archive) == [Range(start, len(HIDDEN))]


def test_a_comment_that_a_person_can_read_is_no_item() -> None:
    text = b"made by nobody in particular"
    archive = zipped(MEMBERS)[:-2] + len(text).to_bytes(2, "little") + text
    assert all(
        not isinstance(each, Range) for item in expand(io.BytesIO(archive)) for each in item.steps
    )


def test_what_lies_behind_a_large_compressed_tar_is_told() -> None:
    large = tarred([("a", bytes(1 << 17)), *MEMBERS])
    (outer,) = [
        item for item in expand(io.BytesIO(gzip.compress(large + HIDDEN))) if len(item.steps) == 1
    ]
    assert [each.reason for each in outer.problems] == [Reason.CORRUPT_DATA]
    assert "behind its end mark" in outer.problems[0].detail


def with_fields(name: str) -> bytes:
    """A zip archive with the picture in one of the places in which programs say little."""
    data = zipped(MEMBERS)
    directory, end = data.index(b"PK\1\2"), data.rfind(b"PK\5\6")
    field = struct.pack("<HH", 0x9999, len(HIDDEN)) + HIDDEN
    local, central, comment, before = b"", b"", b"", b""
    if name == "local field":
        local = field
    elif name == "field of the directory":
        central = field
    elif name == "comment of a member":
        comment = HIDDEN
    else:
        before = HIDDEN
    first = bytearray(data[:directory])
    first[28:30] = struct.pack("<H", len(local))
    at = 30 + len("o.jpg")
    first[at:at] = local
    record = bytearray(data[directory:end])
    record[30:34] = struct.pack("<HH", len(central), len(comment))
    record += central + comment
    tail = bytearray(data[end:])
    tail[12:20] = struct.pack("<LL", len(record), len(first))
    return before + bytes(first + record + tail)


PLACES = ("local field", "field of the directory", "comment of a member", "before it")


@pytest.mark.parametrize("place", PLACES)
def test_what_lies_in_fields_and_comments_of_a_zip_archive_is_an_item(place: str) -> None:
    archive = with_fields(place)
    (found,) = hidden_or_around(archive)
    assert archive[found.offset : found.offset + found.length].count(HIDDEN) == 1
    names = [str(item.steps[-1]) for item in expand(io.BytesIO(archive)) if item.steps]
    assert any("o.jpg" in each for each in names)


def hidden_or_around(archive: bytes) -> list[Range]:
    """Ranges in which the picture lies."""
    found = []
    for item in expand(io.BytesIO(archive), searches=lambda _: True):
        if len(item.steps) == 1 and isinstance(step := item.steps[0], Range):
            found.append(step)
            reached = reach(io.BytesIO(archive), item.steps).file.read()
            assert HIDDEN in reached
    return found


def test_padding_and_what_programs_say_in_fields_are_no_items() -> None:
    data = bytearray(zipped(MEMBERS))
    field = struct.pack("<HHHH", 0xA220, 504, 0xA028, 500) + bytes(500)
    data[28:30] = struct.pack("<H", len(field))
    at = 30 + len("o.jpg")
    data[at:at] = field
    end = data.rfind(b"PK\5\6")
    (start,) = struct.unpack_from("<L", data, end + 16)
    data[end + 16 : end + 20] = struct.pack("<L", start + len(field))
    assert [len(item.steps) for item in expand(io.BytesIO(bytes(data)))] == [1, 0]


def ar_header(name: bytes, size: int) -> bytes:
    return name.ljust(48) + b"%-10d`\n" % size


def cpio_with_long_name() -> bytes:
    made = cpio([("n", b""), *MEMBERS, ("TRAILER!!!", b"")])
    name = b"n\0" + HIDDEN + bytes(-(110 + 2 + len(HIDDEN)) % 4)
    return made[:94] + b"%08x" % len(name) + made[102:110] + name + made[112:]


EVEN: Final = HIDDEN + bytes(len(HIDDEN) % 2)
UNLISTED: dict[str, Callable[[], bytes]] = {
    "ar, symbols": lambda: b"!<arch>\n" + ar_header(b"/", len(EVEN)) + EVEN + ar(MEMBERS)[8:],
    "ar, long names": lambda: b"!<arch>\n" + ar_header(b"//", len(EVEN)) + EVEN + ar(MEMBERS)[8:],
    "ar, name of BSD": lambda: (
        b"!<arch>\n" + ar_header(b"#1/%d" % len(EVEN), len(EVEN)) + EVEN + ar(MEMBERS)[8:]
    ),
    "cpio, name": cpio_with_long_name,
}


@pytest.mark.parametrize("place", UNLISTED)
def test_what_lies_in_names_and_tables_is_an_item(place: str) -> None:
    archive = UNLISTED[place]()
    rows = [row for row in rows_of(archive) if row.steps]
    assert [HIDDEN in (row.data or b"") for row in rows].count(True) == 1
    assert MEMBERS[0][1] in [row.data for row in rows]


def cabinet() -> bytes:
    """A cabinet with one stored member, and the picture in the reserve of its header."""
    name, data = MEMBERS[0]
    reserve = struct.pack("<HBB", len(HIDDEN), 0, 0) + HIDDEN
    folder_at = 36 + len(reserve)
    files = struct.pack("<LLHHHH", len(data), 0, 0, 0, 0, 0) + name.encode() + b"\0"
    start = folder_at + 8 + len(files)
    folder = struct.pack("<LHH", start, 1, 0)
    block = struct.pack("<LHH", 0, len(data), len(data)) + data
    size = start + len(block)
    head = b"MSCF" + struct.pack("<LLLLLBBHHHHH", 0, size, 0, folder_at + 8, 0, 3, 1, 1, 1, 4, 0, 0)
    return head + reserve + folder + files + block


def test_what_lies_behind_a_cabinet_and_in_the_reserve_of_its_header_is_an_item() -> None:
    archive = cabinet()
    assert hidden_in(archive) == [Range(40, len(HIDDEN))]
    assert hidden_in(archive + HIDDEN)[1:] == [Range(len(archive), len(HIDDEN))]


STREAMS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("kind", STREAMS)
def test_what_lies_behind_compressed_data_is_an_item(kind: str) -> None:
    packed = STREAMS[kind](b"a note " * 30) + STREAMS[kind](b"and one more")
    assert hidden_in(packed + HIDDEN) == [Range(len(packed), len(HIDDEN))]
    assert hidden_in(packed + bytes(700) + HIDDEN) == [Range(len(packed) + 700, len(HIDDEN))]


@pytest.mark.parametrize("flag", [4, 8, 16])
@pytest.mark.parametrize("is_first", [True, False])
def test_what_lies_in_long_fields_of_a_gzip_header_is_an_item(flag: int, *, is_first: bool) -> None:
    plain = gzip.compress(b"a note")
    text = HIDDEN.hex().encode() + b"\0"
    field = struct.pack("<H", len(HIDDEN)) + HIDDEN if flag == 4 else text
    packed = plain[:3] + bytes([flag]) + plain[4:10] + field + plain[10:]
    start = 0 if is_first else len(plain)
    found = [
        item.steps[0]
        for item in expand(io.BytesIO(packed if is_first else plain + packed))
        if item.steps and isinstance(item.steps[0], Range)
    ]
    assert found == [Range(start + 10, len(field))]


def test_what_lies_in_long_fields_of_what_cannot_be_sought_is_told() -> None:
    inner = gzip.compress(bytes(1 << 17))
    inner = inner[:3] + b"\4" + inner[4:10] + struct.pack("<H", 600) + b"f" * 600 + inner[10:]
    noise = random.Random(4).randbytes(1 << 17)
    outer = gzip.compress(inner + noise + inner)
    found = [item.problems for item in expand(io.BytesIO(outer)) if len(item.steps) == 1]
    assert ["not searched" in each.detail for each in found[0]] == [True, True]
