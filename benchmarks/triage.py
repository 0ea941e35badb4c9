"""What a triage finds first: on a made-up telephone of 60,000 files whose matches are known.

    python -m benchmarks.triage PHOTOS --files 60000 --shares 1 5 20

PHOTOS is a folder of ordinary pictures. The telephone has folders of programs, caches, a camera,
messengers, downloads, screenshots and others, in proportions that were made up; known pictures and
films lie in them as the table `_PLACES` says, to which no weight was fitted. Each share is a scan
of its own; its work is the processor time of it and its workers, beside that of the whole scan.
With --taught a telephone of another seed, whose owner keeps things as this one does, is scanned on
record before, and the order follows from it.
"""

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from PIL import Image

import hashmatch as hm
from benchmarks.unix import resource
from hashmatch.scanning.engine import iter_scan, matcher_for
from hashmatch.scanning.triage.triage import Triage
from hashmatch.sightings.database import Database
from hashmatch.sources.folder import Folder

_PLACES: Final = (
    # Folder, share of all files, ending, share of the known ones.
    ("system/app/{n}/res/drawable-hdpi", 0.34, "png", 0.0),
    ("system/lib", 0.16, "so", 0.0),
    ("data/data/com.app{n}/files", 0.1, "json", 0.0),
    ("Android/data/com.app{n}/cache", 0.12, "jpg", 0.05),
    ("DCIM/.thumbnails", 0.06, "jpg", 0.05),
    ("DCIM/Camera", 0.07, "jpg", 0.08),
    ("Android/media/com.whatsapp/WhatsApp/Media/WhatsApp Images", 0.06, "jpg", 0.3),
    ("Telegram/Telegram Images", 0.02, "jpg", 0.15),
    ("Download", 0.01, "jpg", 0.15),
    ("Pictures/Screenshots", 0.015, "png", 0.03),
    ("Pictures/.stuff", 0.005, "jpg", 0.07),
    ("books/{n}", 0.025, "txt", 0.0),
    ("music", 0.01, "mp3", 0.0),
    ("backup/old phone", 0.005, "jpg", 0.04),
)
_FILMS: Final = (("DCIM/Camera", 60), ("Telegram/Telegram Video", 40), ("Download", 20))
_KNOWN: Final = 300
_KNOWN_FILMS: Final = 12
_NOW: Final = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
_TWO_YEARS: Final = 2 * 365 * 86_400


class Phone:
    """A telephone, written to a folder.

    Attributes:
        known: paths of what is on the list, below the folder.
    """

    def __init__(self, root: Path, photos: list[Image.Image], files: int, seed: int) -> None:
        self.root = root
        self.known: set[str] = set()
        self.hashes: list[str] = []
        self._chance = random.Random(seed)  # noqa: S311 (a made-up telephone)
        self._photos = photos
        self._write(files)

    def _write(self, files: int) -> None:
        for folder, share, ending, of_known in _PLACES:
            many = round(files * share)
            known = min(many, round(_KNOWN * of_known))
            chosen = set(self._chance.sample(range(many), known)) if known else set()
            for number in range(many):
                self._put(folder, ending, number, is_known=number in chosen)
        films = [folder for folder, count in _FILMS for _ in range(count)]
        chosen = set(self._chance.sample(range(len(films)), _KNOWN_FILMS))
        for number, folder in enumerate(films):
            path = self._path(folder, f"VID_{number:05}.mp4")
            path.write_bytes(self._film())
            self._dated(path)
            if number in chosen:
                self._learn(path, hm.hash_video(path).readings[0].hash.hex)

    def _put(self, folder: str, ending: str, number: int, *, is_known: bool) -> None:
        name = f"{'IMG' if ending == 'jpg' else 'file'}_{number:06}.{ending}"
        path = self._path(folder.format(n=number % 97), name)
        if ending == "jpg":
            edge = 160 if "thumb" in folder else 480 if "cache" in folder else 800
            path.write_bytes(self._picture(edge))
        elif ending == "png":
            path.write_bytes(self._icon(screen="Screenshots" in folder))
        else:
            path.write_bytes(self._chance.randbytes(self._chance.randrange(200, 20_000)))
        self._dated(path)
        if is_known:
            self._learn(path, hm.hash_image(path).hash.hex)

    def _learn(self, path: Path, code: str) -> None:
        self.known.add(str(path.relative_to(self.root)))
        self.hashes.append(code)

    def _path(self, folder: str, name: str) -> Path:
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _dated(self, path: Path) -> None:
        at = _NOW - self._chance.random() * _TWO_YEARS
        os.utime(path, (at, at))

    def _view(self, size: tuple[int, int]) -> Image.Image:
        photo = self._chance.choice(self._photos)
        share = self._chance.uniform(0.5, 0.95)
        width, height = round(photo.width * share), round(photo.height * share)
        left = self._chance.randrange(photo.width - width + 1)
        top = self._chance.randrange(photo.height - height + 1)
        return photo.resize(
            size, Image.Resampling.BILINEAR, (left, top, left + width, top + height)
        )

    def _picture(self, edge: int) -> bytes:
        view = self._view((edge, edge * 3 // 4))
        if self._chance.random() < 0.5:
            view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        buffer = BytesIO()
        view.save(buffer, "JPEG", quality=self._chance.choice([75, 80, 88]))
        return buffer.getvalue()

    def _icon(self, *, screen: bool) -> bytes:
        buffer = BytesIO()
        if screen:
            self._view((360, 640)).save(buffer, "PNG", compress_level=1)
        else:
            tone = [self._chance.randrange(256) for _ in range(3)]
            noise = np.frombuffer(self._chance.randbytes(32 * 32), np.uint8).reshape(32, 32, 1)
            Image.fromarray((noise // 4 + np.array(tone, np.uint8) // 2).astype(np.uint8)).save(
                buffer, "PNG"
            )
        return buffer.getvalue()

    def _film(self) -> bytes:
        buffer = BytesIO()
        with av.open(buffer, "w", format="mp4") as out:
            stream: Any = out.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = 480, 270, "yuv420p"
            stream.codec_context.gop_size = self._chance.choice([25, 250])
            scenes = [self._view((480, 270)) for _ in range(self._chance.randrange(4, 12))]
            for scene in scenes:
                frame = av.VideoFrame.from_ndarray(np.asarray(scene.convert("RGB")), format="rgb24")
                for _ in range(100):
                    out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        return buffer.getvalue()


def _photos(folder: Path) -> Iterator[Image.Image]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            with Image.open(path) as image:
                yield image.convert("RGB")


def _used() -> float:
    """Seconds of processor time of this process and of those that ended."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(each)[:2]) for each in who)


def _scanned(phone: Phone, matcher: Any, triage: Triage | None) -> tuple[float, set[str], int]:  # noqa: ANN401
    """Processor time, paths that matched, and files read."""
    before = _used()
    results = list(iter_scan(Folder(phone.root), against=matcher, triage=triage, workers=1))
    met = {
        str(Path(each.item.locator).relative_to(phone.root))
        for each in results
        if any(match.reportable for match in each.matches)
    }
    return _used() - before, met, len(results)


def _listed(phone: Phone, path: Path) -> Any:  # noqa: ANN401
    path.write_text("".join(f"{code}\n" for code in phone.hashes))
    return matcher_for(path)


def _row(name: str, share: float, of: float, found: int, every: int) -> str:
    return f"| {name} | {share:.1%} | {found / every:.1%} ({found:,} of {every:,}) | {of:.1%} |"


def main() -> None:
    """Make a telephone, and scan it."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("photos", type=Path)
    asked.add_argument("--files", type=int, default=60_000)
    asked.add_argument("--shares", type=float, nargs="+", default=[1, 5, 20])
    asked.add_argument("--seed", type=int, default=11)
    asked.add_argument("--taught", action="store_true")
    given = asked.parse_args()
    photos = list(_photos(given.photos))
    if not photos:
        sys.exit(f"no pictures in {given.photos}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taught: list[tuple[str, int, bool]] = []
        if given.taught:
            other = Phone(folder / "other", photos, given.files // 4, 2 * given.seed)
            _listed(other, folder / "other.txt")
            hm.scan(other.root, against=folder / "other.txt", db=folder / "db", case="1", workers=1)
            taught = list(_taught(folder / "db"))
        phone = Phone(folder / "phone", photos, given.files, 2 * given.seed + 1)
        matcher = _listed(phone, folder / "known.txt")
        whole, every, files = _scanned(phone, matcher, None)
        print(f"{files:,} files, {len(phone.known)} known, {len(every)} met; {whole:.0f} s")
        print(f"known that were not met: {len(phone.known - every)}")
        print("\n| order | work | of the matches | of the files |\n|---|---|---|---|")
        for share in given.shares:
            used, met, read = _scanned(phone, matcher, Triage(taught, share=share / 100))
            print(
                _row(f"triage {share:g}%", used / whole, read / files, len(met & every), len(every))
            )
        _by_name(phone, given.shares, every)


def _taught(db: Path) -> Iterator[tuple[str, int, bool]]:
    with Database.open(db, read_only=True) as database:
        met = Counter(each.item.locator for each in database.sightings("1"))
        for each in database.items("1"):
            yield each.locator, each.size or 0, bool(met[each.locator])


def _by_name(phone: Phone, shares: list[float], every: set[str]) -> None:
    """What the order of names finds, as far as the work of files is assumed."""
    files = list(Folder(phone.root))
    work = np.cumsum([0.004 + each.size / 40e6 for each in files])
    for share in shares:
        read = int(np.searchsorted(work, work[-1] * share / 100))
        met = {each.within for each in files[:read]} & every
        print(_row(f"names {share:g}%", share / 100, read / len(files), len(met), len(every)))


if __name__ == "__main__":
    main()
