"""Golden values: the hashes and qualities of every file of tests/fixtures, kept in the repository.

`tests/golden/<algorithm>.json` holds a line for every file: the SHA-256 of its bytes, its name, and
its readings. They were made by hashmatch itself: they do not say what is right, which other tests
do by other implementations. They show drift: a newer NumPy, Pillow or FFmpeg, another processor or
a change of ours that gives other hashes than those already in somebody's database.

    python -m tests.support.golden_values                   # says what differs, changes nothing
    python -m tests.support.golden_values --add             # writes values of files that have none
    python -m tests.support.golden_values --replace REASON  # writes what differs, too

A replaced value means that hashes in existing databases and lists differ from new ones: the reason
belongs into the changelog.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from hashmatch import registry
from hashmatch.errors import UnreadableError
from hashmatch.hashing.items import HashOptions, hash_image, hash_video
from tests.support.places import FIXTURES, GOLDEN

_PICTURES: Final = ("avif", "heic", "jpeg", "jpeg-scans", "pictures")
_FILMS: Final = ("films",)
_FILM_FRAMES: Final = ("pdq-frames-query", "pdq-frames-reference")
_PDQ_MODES: Final = {"pdq-exact": "exact", "pdq-centred": "centred"}

INEXACT: Final = frozenset(
    {
        "icns-jpeg2000.icns",
        "jpeg2000-stream.jpeg2000",
        "jpegxl-alpha.jpegxl",
        "jpegxl-transcoded.jpegxl",
        "jpegxl.jpegxl",
    }
)
"""Of formats whose decoders compute with fractions and promise no equal pixels."""

BITS: Final = 4
"""By which hashes of those files may differ; their qualities by 1."""

Values = dict[str, dict[str, object]]
"""By SHA-256: the `file`, relative to the fixtures, and its `readings`."""


def names() -> list[str]:
    """Names of all golden files, without their ending."""
    return sorted([*registry.names("hashers"), *_PDQ_MODES, *_FILM_FRAMES])


def files(name: str) -> Iterator[Path]:
    """The fixtures that a golden file speaks of, as far as they can be decoded here."""
    for folder in _FILMS if name in _FILM_FRAMES else _PICTURES:
        for path in sorted((FIXTURES / folder).iterdir()):
            if _is_readable_here(path):
                yield path


def _is_readable_here(path: Path) -> bool:
    """JPEG XL is an extra, and Pillow's wheels read Zstandard in TIFF from version 12 on."""
    if path.suffix == ".jpegxl":
        return find_spec("pylibjxl") is not None
    return path.name != "tiff-zstd.tiff" or int(version("pillow").split(".")[0]) >= 12


def readings(name: str, path: Path) -> list[str]:
    """Readings as kept: `frame [seconds part] quality hash`."""
    try:
        if name in _FILM_FRAMES:
            sampling = name.removeprefix("pdq-frames-")
            film = hash_video(path, HashOptions(sampling=sampling))
            return [
                f"{r.frame} {r.time:.3f} {r.part or 'whole'} {r.quality} {r.hash.hex}"
                for r in film.readings
            ]
        options = HashOptions((name.split("-", maxsplit=1)[0] if name in _PDQ_MODES else name,))
        if name in _PDQ_MODES:
            options = HashOptions(("pdq",), _PDQ_MODES[name])
        return [f"{r.frame} {r.quality} {r.hash.hex}" for r in hash_image(path, options).readings]
    except UnreadableError as error:
        return [f"unreadable: {error.reason.value}"]


def kept(name: str) -> Values:
    """What the repository holds."""
    path = GOLDEN / f"{name}.json"
    values: Values = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return values


def made(name: str) -> Values:
    """What hashmatch says now."""
    return {
        hashlib.sha256(path.read_bytes()).hexdigest(): {
            "file": path.relative_to(FIXTURES).as_posix(),
            "readings": readings(name, path),
        }
        for path in files(name)
    }


def _write(name: str, values: Mapping[str, Mapping[str, object]]) -> None:
    """One line a file, so that changes of two people meet in different lines."""
    ordered = sorted(values.items(), key=lambda pair: str(pair[1]["file"]))
    lines = [f"{json.dumps(digest)}: {json.dumps(value)}" for digest, value in ordered]
    GOLDEN.mkdir(exist_ok=True)
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (GOLDEN / f"{name}.json").write_text(text, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--add", action="store_true", help="write values of files that have none")
    parser.add_argument("--replace", metavar="REASON", help="write values that differ, too")
    wanted = parser.parse_args()
    if wanted.replace is not None and not wanted.replace.strip():
        parser.error("say why values that others may have in their databases change")
    open_ends = 0
    for name in names():
        before, now = kept(name), made(name)
        new = now.keys() - before.keys()
        changed = {digest for digest in now.keys() & before.keys() if now[digest] != before[digest]}
        for digest in sorted(new | changed, key=lambda digest: str(now[digest]["file"])):
            what = "new" if digest in new else "differs"
            sys.stdout.write(f"{name}: {what}: {now[digest]['file']}\n")
        written = (new if wanted.add or wanted.replace else set()) | (
            changed if wanted.replace else set()
        )
        if written:
            present = {path.relative_to(FIXTURES).as_posix() for path in files(name)}
            still = {
                digest: value
                for digest, value in before.items()
                if digest in now or value["file"] not in present
            }
            _write(name, still | {digest: now[digest] for digest in written})
        open_ends += len((new | changed) - written)
    return 1 if open_ends else 0


if __name__ == "__main__":
    sys.exit(main())
