"""Archives of all kinds, made by the standard library, by libraries and by tools of the system."""

import bz2
import gzip
import io
import lzma
import random
import shutil
import struct
import subprocess
import tarfile
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Contents = Sequence[tuple[str, bytes]]

_RANDOM = random.Random(20)
CONTENTS: Contents = (
    ("photos/first.jpg", b"\xff\xd8\xff\xe0" + _RANDOM.randbytes(5000)),
    ("photos/zeros.bin", bytes(70_000)),
    ("text.txt", b"a line of text\n" * 500),
    ("photos/second.jpg", b"\xff\xd8\xff\xe1" + _RANDOM.randbytes(40_000)),
    ("empty", b""),
    ("größe.png", b"\x89PNG\r\n\x1a\n" + _RANDOM.randbytes(100)),
)


def zipped(contents: Contents, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that occur twice
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, data in contents:
                archive.writestr(name, data)
    return buffer.getvalue()


def streamed_zip(contents: Contents, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Sizes stand behind the data, as in a zip archive that was written to a pipe."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in contents:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(contents: Contents, format_: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format_) as archive:
        for name, data in contents:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), 1_000_000_000
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def android(contents: Contents) -> bytes:
    return b"ANDROID BACKUP\n5\n1\nnone\n" + zlib.compress(tarred(contents))


def tool(name: str) -> str:
    """The path of a tool; the test is skipped where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def piped(name: str, *options: str, data: bytes) -> bytes:
    command = [tool(name), *options]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout  # noqa: S603


def by_tool(contents: Contents, name: str, make: Callable[[str, list[str]], list[str]]) -> bytes:
    """What a tool makes of the contents, written to files of a folder.

    Args:
        contents: with names that can be those of files, each once.
        name: of the tool.
        make: gives its options, from the name of the archive and those of the members.
    """
    path = tool(name)
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder) / "in"
        for member, data in contents:
            place = inside / member
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        names = [member for member, _ in contents]
        out = str(Path(folder) / "archive")
        command = [path, *make(out, names)]
        subprocess.run(command, cwd=inside, capture_output=True, check=True)  # noqa: S603
        return next(Path(folder).glob("archive*")).read_bytes()


def seven(contents: Contents, *options: str) -> bytes:
    return by_tool(contents, "7zz", lambda out, names: ["a", *options, f"{out}.7z", "--", *names])


def seven_zip(contents: Contents, *options: str) -> bytes:
    return by_tool(
        contents, "7zz", lambda out, names: ["a", "-tzip", *options, f"{out}.zip", "--", *names]
    )


def bsd(contents: Contents, format_: str) -> bytes:
    return by_tool(
        contents, "bsdtar", lambda out, names: ["-cf", out, f"--format={format_}", "--", *names]
    )


def cabinet(contents: Contents, *options: str) -> bytes:
    return by_tool(contents, "gcab", lambda out, names: ["-c", *options, "-n", out, *names])


def compressed_cabinet(name: bytes, blocks: list[bytes]) -> bytes:
    """A cabinet of one member in blocks, each compressed with the one before it as dictionary."""
    data, before = b"", b""
    for block in blocks:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=before)
        packed = b"CK" + packer.compress(block) + packer.flush()
        data += struct.pack("<LHH", 0, len(packed), len(block)) + packed
        before = block
    size = sum(map(len, blocks))
    entry = struct.pack("<LLHHHH", size, 0, 0, 33, 0, 32) + name + b"\0"
    folder = struct.pack("<LHH", 44 + len(entry), len(blocks), 1)
    whole = 44 + len(entry) + len(data)
    head = struct.pack("<4s4xL4xL4xBBHHHHH", b"MSCF", whole, 44, 3, 1, 1, 1, 0, 0, 0)
    return head + folder + entry + data


def rar(contents: Contents, **options: object) -> bytes:
    rars = pytest.importorskip("rars")
    builder = rars.RarBuilder(**options)
    for name, data in contents:
        builder.add_bytes(data, name)
    return bytes(builder.to_bytes())


def zstandard(data: bytes) -> bytes:
    try:
        from compression import zstd
    except ImportError:
        zstd = pytest.importorskip("backports.zstd")
    return bytes(zstd.compress(data))


PLAIN = tuple(each for each in CONTENTS if each[0].isascii())
MADE: dict[str, Callable[[], bytes]] = {
    "zip stored": lambda: zipped(CONTENTS, zipfile.ZIP_STORED),
    "zip deflated": lambda: zipped(CONTENTS),
    "zip bzip2": lambda: zipped(CONTENTS, zipfile.ZIP_BZIP2),
    "zip lzma": lambda: zipped(CONTENTS, zipfile.ZIP_LZMA),
    "zip streamed": lambda: streamed_zip(CONTENTS),
    "zip streamed, stored": lambda: streamed_zip(CONTENTS, zipfile.ZIP_STORED),
    "zip behind a program": lambda: b"MZ" + bytes(9000) + zipped(CONTENTS),
    "zip deflate64": lambda: seven_zip(CONTENTS, "-mm=Deflate64"),
    "tar pax": lambda: tarred(CONTENTS),
    "tar gnu": lambda: tarred(CONTENTS, tarfile.GNU_FORMAT),
    "tar ustar": lambda: tarred(CONTENTS, tarfile.USTAR_FORMAT),
    "tar.gz": lambda: gzip.compress(tarred(CONTENTS)),
    "tar.bz2": lambda: bz2.compress(tarred(CONTENTS)),
    "tar.xz": lambda: lzma.compress(tarred(CONTENTS)),
    "tar.lzma": lambda: piped("xz", "--format=lzma", "-c", data=tarred(CONTENTS)),
    "tar.zlib": lambda: zlib.compress(tarred(CONTENTS)),
    "tar.zst": lambda: zstandard(tarred(CONTENTS)),
    "tar.lz": lambda: piped("lzip", "-c", data=tarred(CONTENTS)),
    "tar.Z": lambda: piped("compress", "-c", data=tarred(CONTENTS)),
    "cpio newc": lambda: bsd(CONTENTS, "newc"),
    "cpio odc": lambda: bsd(CONTENTS, "odc"),
    "cpio bin": lambda: bsd(CONTENTS, "bin"),
    "ar": lambda: bsd([(name.split("/")[-1], data) for name, data in PLAIN], "arbsd"),
    "ar gnu": lambda: bsd([(name.split("/")[-1], data) for name, data in PLAIN], "argnu"),
    "cab mszip": lambda: cabinet(PLAIN, "-z"),
    "cab stored": lambda: cabinet(PLAIN),
    "7z solid": lambda: seven(CONTENTS),
    "7z single": lambda: seven(CONTENTS, "-ms=off", "-m0=LZMA"),
    "7z bzip2": lambda: seven(CONTENTS, "-m0=BZip2"),
    "7z bcj": lambda: seven(CONTENTS, "-m0=BCJ", "-m1=LZMA"),
    "7z stored": lambda: seven(CONTENTS, "-mx=0"),
    "rar5": lambda: rar(CONTENTS),
    "rar5 solid": lambda: rar(CONTENTS, solid=True),
    "rar4": lambda: rar(PLAIN, format="rar40"),
    "7z behind a program": lambda: b"MZ" + bytes(200_000) + seven(CONTENTS),
    "rar5 behind a program": lambda: b"MZ" + bytes(200_000) + rar(CONTENTS),
    "rar4 behind a program": lambda: b"MZ" + bytes(200_000) + rar(PLAIN, format="rar40"),
    "Android backup": lambda: android(CONTENTS),
}
"""Each has the bytes of `CONTENTS`, or of those with plain names."""


def gzipped_tar(tar: bytes) -> bytes:
    return gzip.compress(tar)
