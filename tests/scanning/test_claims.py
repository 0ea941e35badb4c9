"""What workers claim of honest files fits these files; what no such file can give does not."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from hashmatch.hashing.items import hash_item
from hashmatch.model import Decoder, MediaHashes, Mode, VideoFacts
from hashmatch.scanning.claims import fits
from tests.support.valid_files import valid_files

_HEAD = 64


def made(kind: str, size: tuple[int, int] = (70, 40)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind)
    return out.getvalue()


def test_claims_of_honest_workers_fit(tmp_path: Path) -> None:
    """All formats of the tests, turned, animated and damaged ones too."""
    misfits = []
    for name, data in valid_files().items():
        for cut in (len(data), len(data) * 2 // 3):
            path = tmp_path / "file"
            path.write_bytes(data[:cut])
            image = hash_item(str(path)).media
            if image is not None and not fits(image, data[:_HEAD], cut):
                misfits.append((name, cut, image.format, image.width, image.height))
    assert misfits == []


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "WEBP"])
def test_width_and_height_are_those_that_the_file_says(kind: str) -> None:
    data = made(kind)
    claimed = MediaHashes(
        (), Mode.FAST, width=70, height=40, format=kind.lower(), decoder=Decoder.PILLOW
    )
    assert fits(claimed, data[:_HEAD], len(data))
    assert fits(replace(claimed, width=40, height=70), data[:_HEAD], len(data)), "turned"
    assert not fits(replace(claimed, width=71), data[:_HEAD], len(data))
    assert not fits(replace(claimed, height=400), data[:_HEAD], len(data))
    assert not fits(replace(claimed, format="tiff"), data[:_HEAD], len(data))


def test_no_file_holds_more_than_its_bytes() -> None:
    data = made("JPEG")
    claimed = MediaHashes((), Mode.FAST, width=70, height=40, format="jpeg", decoder=Decoder.TURBO)
    assert fits(claimed, data[:_HEAD], len(data))
    assert not fits(replace(claimed, frames=len(data) + 1), data[:_HEAD], len(data))
    assert not fits(replace(claimed, width=60_000, height=60_000), data[:_HEAD], len(data))
    video = MediaHashes(
        (),
        Mode.FAST,
        width=70,
        height=40,
        format="mp4",
        decoder=Decoder.LIBAV,
        frames=25,
        video=VideoFacts(),
    )
    assert fits(video, b"", 1000)
    assert not fits(replace(video, frames=5000), b"", 1000)


@pytest.mark.parametrize("length", range(0, 64, 7))
def test_first_bytes_may_be_cut_anywhere(length: int) -> None:
    for kind in ("png", "gif", "bmp", "webp"):
        data = made(kind.upper())[:length]
        assert fits(
            MediaHashes((), Mode.FAST, width=70, height=40, format=kind, decoder=Decoder.PILLOW),
            data,
            100,
        ) in (
            True,
            False,
        )
