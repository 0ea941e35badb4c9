"""A small demonstration: drawn pictures, a drawn film, altered copies, broken files, toy lists.

Everything is drawn here by code; nothing is anybody's picture.
"""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageEnhance

from hashmatch.errors import SourceError
from hashmatch.hashing.items import HashOptions, hash_item
from hashmatch.hashlists.writing import write_list
from hashmatch.model import Entry, KnownHash, Sampling

_SIZE = (640, 480)
_KNOWN = 6
_OTHERS = 8
_SCENES = 4
_RATE = 12
_FRAMES = 2 * _RATE
_FAR = 4.0
_MARKER = ".hashmatch-demo"


def draw(seed: int) -> Image.Image:
    """A picture of coloured blobs, bars and grain, 640×480, the same for the same seed."""
    random = np.random.default_rng(seed)
    columns, rows = np.linspace(0, 1, _SIZE[0]), np.linspace(0, 1, _SIZE[1])
    picture = np.zeros((len(rows), len(columns), 3))
    for _ in range(40):
        x, y = random.random(2)
        wide, tall = random.uniform(0.02, 0.25, 2)
        across, down = ((columns - x) / wide) ** 2, ((rows - y) / tall) ** 2
        # Beyond twice its size a blob changes no pixel any more.
        part = np.ix_(down < _FAR, across < _FAR)
        edge = down[part[0]] + across[part[1]]
        cover = 1 / (1 + np.exp(12 * (edge - 1)))[..., None]
        picture[part] = picture[part] * (1 - cover) + random.uniform(0, 255, 3) * cover
    picture += random.normal(0, 4, picture.shape)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def film() -> list[Image.Image]:
    """The frames of a film of eight seconds: a camera that moves over four drawn pictures."""
    frames = []
    for seed in range(_SCENES):
        scene = draw(2000 + seed)
        for step in range(_FRAMES):
            left, top = 100 + 2 * step, 60 + step
            frames.append(scene.crop((left, top, left + 320, top + 240)))
    return frames


def make(folder: Path) -> tuple[Path, Path, Path]:
    """Write the demonstration and return its evidence folder and its two hash lists.

    Raises:
        SourceError: the folder exists and is no earlier demonstration.
    """
    evidence, known, films = folder / "evidence", folder / "known.csv", folder / "films.jsonl"
    if folder.exists() and not _is_ours(folder):
        msg = f"{folder} exists and holds no earlier demonstration: name another folder"
        raise SourceError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).touch()
    evidence.mkdir(exist_ok=True)
    originals = [_encoded(draw(seed), "JPEG", quality=92) for seed in range(_KNOWN)]
    _write_list(known, originals)
    frames = film()
    _write_films(films, _video(frames, "mp4", "mpeg4"))
    files = _evidence(originals)
    mirrored = [frame.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for frame in frames]
    files["chat/forwarded.dat"] = _video(mirrored[2 * _RATE : 7 * _RATE], "avi", "mjpeg")
    for name, data in files.items():
        path = evidence / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return evidence, known, films


def _is_ours(folder: Path) -> bool:
    """Whether the folder is empty or an earlier demonstration."""
    return folder.is_dir() and ((folder / _MARKER).exists() or not any(folder.iterdir()))


def _write_list(path: Path, originals: list[bytes]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "sha256", "pdq", "quality", "category"])
        for number, data in enumerate(originals, 1):
            item = hash_item(data)
            media = item.media
            if media is not None:
                name = f"drawing-{number}"
                digest = item.digests.sha256
                rows.writerow([name, digest, media.hash.hex, media.quality, "DEMO/1"])


def _write_films(path: Path, original: bytes) -> None:
    item = hash_item(original, HashOptions(sampling=Sampling.REFERENCE))
    if item.media is not None:
        frames = tuple(KnownHash(r.hash, r.quality, time=r.time) for r in item.media.readings)
        entry = Entry(
            "drawn-film", 1, digests=item.digests, hashes=frames, category="1", scheme="DEMO"
        )
        write_list([entry], path, format="jsonl")


def _video(frames: list[Image.Image], container: str, codec: str) -> bytes:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=_RATE)
        stream.width, stream.height = frames[0].size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def _evidence(originals: list[bytes]) -> dict[str, bytes]:
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in originals]
    sideways = Image.Exif()
    sideways[ExifTags.Base.Orientation] = 6
    turned = pictures[3].transpose(Image.Transpose.ROTATE_90)
    clear = pictures[4].convert("RGBA")
    half = clear.getchannel("A").point(lambda _: 250)
    clear.putalpha(half)
    files = {
        "DCIM/IMG_0001.jpg": originals[0],
        "DCIM/IMG_0002.jpg": _encoded(pictures[1].resize((320, 240)), "JPEG", quality=60),
        "DCIM/IMG_0003.jpg": _encoded(turned, "JPEG", exif=sideways),
        "chat/mirrored.webp": _encoded(
            pictures[2].transpose(Image.Transpose.FLIP_LEFT_RIGHT), "WEBP", quality=70
        ),
        "chat/print.jpg": _encoded(pictures[5].convert("CMYK"), "JPEG"),
        "chat/sticker.png": _encoded(clear, "PNG"),
        "system/cache.dat": _encoded(ImageEnhance.Brightness(pictures[0]).enhance(0.8), "PNG"),
        "system/empty.jpg": b"",
        "system/notes.jpg": b"This is a text file that somebody called a picture.\n",
        "recovered/half.jpg": originals[1][: len(originals[1]) // 2],
        "recovered/no-end.jpg": originals[2][:-2],
        "recovered/zeroed.jpg": originals[3][:600] + bytes(len(originals[3]) - 600),
    }
    for number in range(_OTHERS):
        other = _encoded(draw(1000 + number), "JPEG", quality=85)
        files[f"DCIM/IMG_{100 + number:04}.jpg"] = other
    return files


def _encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
