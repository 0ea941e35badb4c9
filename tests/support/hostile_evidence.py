"""A folder of evidence with everything that makes scans go wrong, and what must be found in it."""

import hashlib
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

import hashmatch as hm
from tests.support import unix
from tests.support.bombs import bombs
from tests.support.photos import encoded, photo, variants

_LISTED = 7
"""One in so many pictures is on the list."""
_GOOD = 80
"""A hash of less quality is not put on the list."""
_FOLDER = 500
"""Files in one folder."""


@dataclass
class Evidence:
    """What was made.

    Attributes:
        folder: the evidence.
        known: the list.
        files: how many names there are that are no folders.
        statuses: what must become of them, by path; not all are foretold.
        entries: which entry a file must meet, by path.
    """

    folder: Path
    known: Path
    files: int = 0
    statuses: dict[bytes, str] = field(default_factory=dict)
    entries: dict[bytes, str] = field(default_factory=dict)

    def put(self, name: bytes | str, data: bytes, *, status: str = "", entry: str = "") -> bytes:
        """Write a file."""
        path = self.path(name)
        Path(os.fsdecode(path)).write_bytes(data)
        return self.foretell(path, status=status, entry=entry)

    def foretell(self, path: bytes, *, status: str, entry: str = "") -> bytes:
        """Count a file, and say what must become of it."""
        self.files += 1
        if status:
            self.statuses[path] = status
        if entry:
            self.entries[path] = entry
        return path

    def path(self, name: bytes | str) -> bytes:
        """Of a file of this name."""
        return os.path.join(os.fsencode(self.folder), os.fsencode(name))  # noqa: PTH118 (no text)


@dataclass(frozen=True)
class _Picture:
    """One content and the entry that it must meet."""

    data: bytes
    entry: str


def make_evidence(
    folder: Path, known: Path, *, files: int, pictures: int = 600, depth: int = 1000, slow: int = 0
) -> Evidence:
    """Evidence of so many files and a list of some of its pictures.

    Args:
        folder: to be made.
        known: the list to be written.
        files: how many there are to be; at least as many as pictures and oddities.
        pictures: contents that are copied.
        depth: of the nested folders.
        slow: pictures that take a tenth of a second each, in the middle of all others.
    """
    folder.mkdir(parents=True)
    made = Evidence(folder, known)
    rows: list[str] = []
    contents = [*_pictures(pictures, rows)]
    _put_broken(made, rows)
    _put_odd(made)
    _put_deep(made, contents[0], depth)
    (folder / "m").mkdir()
    for number in range(slow):
        data = bombs()["jpeg-within"]() + b"%d" % number
        made.put(f"m/slow-{number:03}", data, status="hashed")
    _fill(made, contents, files - made.files)
    known.write_text("\n".join(["id,pdq,md5,category", *rows, ""]))
    return made


def _pictures(count: int, rows: list[str]) -> Iterator[_Picture]:
    """Pictures in several formats; one in so many gets a row of the list, by hash or digest."""
    for number, image in enumerate(variants(-(-count // 2), smallest=64, largest=400)):
        jpeg = encoded(image, "JPEG", quality=90)
        png = encoded(image, "PNG") if number % 4 else encoded(image, "WEBP", quality=80)
        entry = ""
        found = hm.hash_image(jpeg)
        if number % _LISTED == 0 and found.quality >= _GOOD:
            entry = f"photo-{number}"
            rows.append(f"{entry},{found.hash.hex},,C/1")
        yield _Picture(jpeg, entry)
        if number % _LISTED == 1 and not entry:
            entry = f"digest-{number}"
            rows.append(f"{entry},,{hashlib.md5(png).hexdigest()},C/2")  # noqa: S324 (a list's)
        yield _Picture(png, entry)


def _put_broken(made: Evidence, rows: list[str]) -> None:
    """Every kind of file that other tools hash wrongly or stop at."""
    shown = photo("coffee")
    rows.append(f"broken,{hm.hash_image(encoded(shown, 'PNG')).hash.hex},,C/3")
    jpeg = encoded(shown, "JPEG", quality=92)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    turned = shown.transpose(Image.Transpose.ROTATE_90)
    veiled = np.dstack([np.asarray(shown), np.full((shown.height, shown.width), 255, np.uint8)])
    veiled[:, ::2] = 0
    grey = np.asarray(shown.convert("L")).astype(np.uint16) * 257
    met: dict[str, bytes] = {
        "cmyk.jpg": encoded(shown.convert("CMYK"), "JPEG", quality=92),
        "orientation-6.jpg": encoded(turned, "JPEG", quality=92, exif=exif),
        "16-bit-grey.png": encoded(Image.fromarray(grey), "PNG"),
        "palette.png": encoded(shown.quantize(256), "PNG"),
        "palette.gif": encoded(shown.quantize(256), "GIF"),
        "picture.dat": jpeg,
        "<script>alert(1)</script>.jpg".replace("/", "\u2215"): jpeg,
        "=cmd|'\u2215c calc'!A1.jpg": jpeg,
        "line\nfeed, \x1b[31mred and \u202eturned.jpg": jpeg,
        'apostrophe\'s "name".jpg': jpeg,
    }
    for name, data in met.items():
        made.put(name, data, status="hashed", entry="broken")
    made.put("cut-at-85.jpg", jpeg[: len(jpeg) * 85 // 100], status="hashed")
    made.put("cut-at-60.jpg", jpeg[: len(jpeg) * 60 // 100], status="hashed")
    made.put("half-transparent.png", encoded(Image.fromarray(veiled), "PNG"), status="hashed")
    made.put("zeroed.jpg", jpeg[:300] + bytes(len(jpeg) - 300), status="unreadable")
    made.put("zeros.jpg", bytes(len(jpeg)), status="skipped")
    made.put("head-only.png", b"\x89PNG\r\n\x1a\n", status="unreadable")
    made.put("bomb.png", bombs()["png-30000"](), status="unreadable")


def _put_odd(made: Evidence) -> None:
    """Names and kinds of files that stop tools, without a picture in most of them."""
    small = encoded(photo("rocket").resize((160, 120)), "JPEG")
    made.put("empty.jpg", b"", status="skipped")
    made.put("text.jpg", b"no picture", status="skipped")
    made.put(b"n" * 255, small, status="hashed")
    made.put("ä".encode() * 127 + b"x", small, status="hashed")
    made.put(b"not-utf8-\xff\xfe\x80.jpg", small, status="hashed")
    made.put("no-rights.jpg", small, status="hashed" if _reads_all() else "unreadable")
    (made.folder / "no-rights.jpg").chmod(0)
    (made.folder / "link.jpg").symlink_to(made.folder / "text.jpg")
    made.foretell(made.path("link.jpg"), status="skipped")
    (made.folder / "link-out").symlink_to("/etc", target_is_directory=True)
    made.foretell(made.path("link-out"), status="skipped")
    (made.folder / "link-to-itself").symlink_to(made.folder)
    made.foretell(made.path("link-to-itself"), status="skipped")
    unix.os.mkfifo(made.folder / "fifo.jpg")
    made.foretell(made.path("fifo.jpg"), status="skipped")


def _reads_all() -> bool:
    return bool(unix.os.geteuid() == 0)


def _put_deep(made: Evidence, picture: _Picture, depth: int) -> None:
    """A file in folders that are nested so deep that no system takes its path."""
    here = os.open(made.folder, os.O_RDONLY)
    names = [b"nested", *[b"nest"] * (depth - 1)]
    for name in names:
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    with open(os.open(b"deep", os.O_WRONLY | os.O_CREAT, dir_fd=here), "wb") as file:  # noqa: PTH123
        file.write(picture.data)
    os.close(here)
    path = made.path(b"/".join([*names, b"deep"]))
    made.foretell(path, status="hashed", entry=picture.entry)


def _fill(made: Evidence, contents: list[_Picture], count: int) -> None:
    """Copies, hard links, contents of equal size, and junk, all among each other."""
    chance = random.Random(20261122)
    longest = max(len(each.data) for each in contents)
    linked: list[tuple[bytes, str]] = []
    for number in range(count):
        if number % _FOLDER == 0:
            inside = f"{'az'[number // _FOLDER % 2]}{number // _FOLDER:04}"
            (made.folder / inside).mkdir()
        name = f"{inside}/{number:06}"
        # Every content comes once before any comes again.
        each = contents[number] if number < len(contents) else chance.choice(contents)
        kind = 0.0 if number < len(contents) else chance.random()
        if kind < 0.5:
            path = made.put(f"{name}.jpg", each.data, status="hashed", entry=each.entry)
            linked.append((path, each.entry))
        elif kind < 0.65:
            path, entry = chance.choice(linked)
            os.link(path, made.path(name))
            made.foretell(made.path(name), status="hashed", entry=entry)
        elif kind < 0.75:
            same = each.data + bytes(longest - len(each.data))
            entry = each.entry if each.entry.startswith("photo") else ""
            made.put(f"{name}.same", same, status="hashed", entry=entry)
        elif kind < 0.8:
            cut = each.data[: chance.randrange(20, 200)]
            made.put(f"{name}.cut", cut)
        else:
            junk = chance.randbytes(chance.choice([7, 100, 5000, 5000]))
            made.put(f"{name}.jpg", b"junk" + junk, status="skipped")


def names_below(folder: Path) -> int:
    """How many names below a folder are no folders, counted without the library."""
    count = 0
    pending = [os.open(folder, os.O_RDONLY)]
    while pending:
        here = pending.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(os.open(entry.name, os.O_RDONLY, dir_fd=here))
                else:
                    count += 1
        os.close(here)
    return count
