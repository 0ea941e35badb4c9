from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from hashmatch.bench.pictures import Half, dealt, half_of, opened, read_pictures
from hashmatch.errors import SourceError
from hashmatch.limits import Limits


def drawn(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pictures")
    for seed in range(12):
        drawn(seed).save(place / f"{seed:02}.png")
    for seed in range(3):
        ImageOps.mirror(drawn(seed)).save(place / f"mirrored-{seed}.png")
    (place / "notes.txt").write_text("no picture")
    (place / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(60))
    return place


def names(pictures: list[object]) -> list[str]:
    return [Path(each.locator).name for each in pictures]  # type: ignore[attr-defined]


def test_halves_are_apart_and_are_all(folder: Path) -> None:
    every, tuning, final = (set(names(list(read_pictures([folder], half=half).used)))
                            for half in Half)  # fmt: skip
    assert len(every) == 15
    assert tuning | final == every
    assert not tuning & final
    assert tuning
    assert final
    # Pictures that show the same are in the same half, or one half would say what is in the other.
    for seed in range(3):
        assert (f"{seed:02}.png" in tuning) == (f"mirrored-{seed}.png" in tuning)


def test_the_half_of_a_picture_is_fixed_for_ever() -> None:
    # The first digit of `printf 'hashmatch bench 1|0000…' | sha256sum`: 8 and more is `final`.
    first = [half_of(each * 64) for each in "4567"]
    assert first == [Half.TUNING, Half.FINAL, Half.TUNING, Half.FINAL]
    halves = [half_of(f"{number:064x}") for number in range(2000)]
    assert 900 < halves.count(Half.FINAL) < 1100


def test_what_cannot_be_read_is_named_and_what_is_no_picture_is_not(folder: Path) -> None:
    found = read_pictures([folder])
    assert [Path(locator).name for locator, _ in found.unread] == ["broken.jpg"]
    assert len(found.same) == 3
    assert found.left_out == 0
    assert read_pictures([folder], half=Half.TUNING).left_out > 0


def test_another_seed_gives_another_order(folder: Path) -> None:
    first, again, other = (names(list(read_pictures([folder], seed=s).used)) for s in (0, 0, 1))
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other)


def test_pictures_that_show_the_same_serve_once(folder: Path) -> None:
    used = read_pictures([folder]).used
    known, around, others = dealt(used, 5, 4)
    assert (len(known), len(around), len(others)) == (5, 4, 3)
    groups = [each.group for each in (*known, *around, *others)]
    assert len(set(groups)) == 12
    # Of few pictures not all are known: copies need something that they are not copies of.
    known, around, others = dealt(used, 500, 48)
    assert (len(known), len(around), len(others)) == (10, 2, 0)
    assert dealt(used, 0, 0)[0] == []


def test_pictures_are_opened_as_viewers_show_them(tmp_path: Path) -> None:
    sideways = Image.Exif()
    sideways[ExifTags.Base.Orientation] = 6
    path = tmp_path / "turned.jpg"
    drawn(1, (400, 200)).save(path, exif=sideways, quality=95)
    shown = opened(path.read_bytes(), Limits())
    with Image.open(path) as file:
        wanted = ImageOps.exif_transpose(file).convert("RGB")
    assert shown.size == wanted.size == (200, 400)
    assert np.abs(np.asarray(shown, np.int16) - np.asarray(wanted, np.int16)).mean() < 1
    large = tmp_path / "large.png"
    Image.new("RGB", (5000, 100)).save(large)
    assert opened(large.read_bytes(), Limits()).size == (2048, 41)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(SourceError, match="no picture"):
        read_pictures([tmp_path])
