"""`hm.Matcher` takes what `hash_image` and `Hash.parse` take, and passes over nothing."""

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.errors import HashFormatError, Reason
from hashmatch.model import KnownHash
from tests.support.photos import encoded, photo

PNG = encoded(photo("coffee"), "PNG")
PIXELS = np.asarray(photo("coffee"))
OPTIONS = hm.HashOptions(algorithms=("pdq", "phash-64"))
HASHES = hm.hash_image(PNG, OPTIONS).hashes
TEXT = b"plain text, and no picture"


def known(*names: str) -> hm.HashList:
    entries = [hm.Entry(name, hashes=(KnownHash(HASHES[name]),)) for name in names]
    text = hm.Digests(md5=hashlib.md5(TEXT).hexdigest())  # noqa: S324 (a digest)
    return hm.HashList.of("known", [*entries, hm.Entry("text", digests=text)])


@pytest.mark.parametrize("algorithm", ["pdq", "phash-64"])
def test_files_and_pictures_are_hashed_first(algorithm: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(PNG)
    matcher = hm.Matcher(known(algorithm))
    given: list[Any] = [path, str(path), PNG, bytearray(PNG), memoryview(PNG), io.BytesIO(PNG)]
    given += [photo("coffee"), PIXELS, np.rot90(PIXELS), PIXELS[:, ::-1]]
    given += [str(HASHES[algorithm]), HASHES[algorithm], hm.hash_item(path, OPTIONS)]
    for each in given:
        (match,) = matcher.match(each)
        assert (match.entry_id, match.algorithm) == (algorithm, algorithm)
        assert match.distance <= (4 if algorithm == "pdq" else 2)
    assert [len(each) for each in matcher.match_many(given)] == [1] * len(given)
    with path.open("rb") as file, Image.open(path) as image:
        assert matcher.match(file)
        assert matcher.match(image)


def test_what_gives_no_hash_raises_unless_its_bytes_are_known(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(TEXT)
    matcher = hm.Matcher(known("pdq"))
    for each in (path, TEXT, io.BytesIO(TEXT)):
        assert [match.entry_id for match in matcher.match(each)] == ["text"]
    for wrong, reason in (
        (b"other text", Reason.NOT_A_PICTURE),
        (b"", Reason.EMPTY),
        (tmp_path / "nowhere.jpg", Reason.IO_ERROR),
        ("nowhere.jpg", Reason.IO_ERROR),
    ):
        with pytest.raises(hm.UnreadableImageError) as caught:
            matcher.match(wrong)
        assert caught.value.reason == reason
    unread = hm.hash_item(tmp_path / "nowhere.jpg")
    assert matcher.match(unread) == ()


@pytest.mark.parametrize("given", [None, 5, 1.5, hm.Unreadable(Reason.DAMAGED), object(), {}])
def test_all_else_is_refused(given: Any) -> None:
    matcher = hm.Matcher(known("pdq"))
    with pytest.raises(TypeError):
        matcher.match(given)
    with pytest.raises(TypeError):
        matcher.match_many([HASHES["pdq"], given])


@pytest.mark.parametrize(
    "given",
    ["pdq:00", "a.jpg", Path("a.jpg"), PNG, io.BytesIO(PNG), photo("coffee"), PIXELS, None, 5],
)
def test_one_is_not_several(given: Any) -> None:
    with pytest.raises(TypeError):
        hm.Matcher(known("pdq")).match_many(given)
    with pytest.raises(TypeError):
        hm.hash_images(given)


@pytest.mark.parametrize("text", ["pdq:zz", "phash-64:00", "md5:0", "0" * 64, "photodna:#"])
def test_text_that_names_a_value_is_never_a_path(text: str) -> None:
    with pytest.raises(HashFormatError):
        hm.Matcher(known("pdq")).match(text)


def test_arrays_are_hashed_as_the_picture_that_they_are() -> None:
    grey = np.asarray(photo("coffee").convert("L"))
    clear = np.dstack([PIXELS, np.full(grey.shape, 255, np.uint8)])
    for pixels in (PIXELS, grey, clear):
        image = Image.fromarray(pixels)
        assert hm.hash_image(pixels).hashes == hm.hash_image(image).hashes
        item = hm.hash_item(pixels, locator="frame 3")
        assert (item.locator, item.size, item.digests) == ("frame 3", None, hm.Digests())
        assert item.media is not None
        assert item.media.hashes == hm.hash_image(image).hashes
    (found,) = hm.hash_images([PIXELS])
    assert isinstance(found, hm.MediaHashes)
    assert found.hashes == hm.hash_image(photo("coffee")).hashes


@pytest.mark.parametrize("dtype", [np.float32, np.uint16, np.int64, np.bool_])
def test_arrays_of_other_values_are_refused(dtype: Any) -> None:
    for read in (hm.hash_image, hm.hash_item):
        with pytest.raises(TypeError, match="uint8"):
            read(np.zeros((9, 9), dtype))


@pytest.mark.parametrize("shape", [(9,), (9, 9, 1), (9, 9, 2), (9, 9, 5), (2, 9, 9, 3), (0, 9)])
def test_arrays_of_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    for read in (hm.hash_image, hm.hash_item):
        with pytest.raises(ValueError, match="rows, columns"):
            read(np.zeros(shape, np.uint8))


def test_one_algorithm_may_be_named_alone() -> None:
    assert hm.HashOptions(algorithms="pdq") == hm.HashOptions(algorithms=("pdq",))
    assert list(hm.hash_image(PNG, hm.HashOptions(algorithms="phash-64")).hashes) == ["phash-64"]
    with pytest.raises(TypeError):
        hm.HashOptions(algorithms=(5,))  # type: ignore[arg-type]
