import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import AlgorithmMismatchError, Choice, HashFormatError, Reason
from hashmatch.model import (
    Alpha,
    Band,
    Decoder,
    Digests,
    Grade,
    Hash,
    ItemStatus,
    MatchKind,
    Mode,
    RunStatus,
    Sampling,
    bits_of,
)
from hashmatch.testing import hashes

ALGORITHMS = ["pdq", "phash-64", "dhash-256", "colorhash-42", "crop-resistant"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(data=st.data())
def test_a_hash_prints_as_it_parses(algorithm: str, data: st.DataObject) -> None:
    one = data.draw(hashes(algorithm))
    assert Hash.parse(str(one)) == one
    assert Hash.fromhex(algorithm, one.hex.upper()) == one
    assert len(one.hex) == -(-(bits_of(algorithm) or 0) // 4)


@given(hashes(), hashes(), hashes())
def test_distance_is_a_metric(a: Hash, b: Hash, c: Hash) -> None:
    assert a - a == 0
    assert a - b == b - a
    assert (a - b == 0) == (a == b)
    assert a - c <= (a - b) + (b - c)
    assert (a - b) + (a - ~b) == 256


@given(st.lists(hashes("dhash-64"), min_size=1))
def test_packing_round_trips(many: list[Hash]) -> None:
    packed = Hash.pack(many)
    assert packed.shape == (len(many), 8)
    assert packed.dtype == np.uint8
    assert Hash.unpack("dhash-64", packed) == many


def test_packing_nothing_gives_no_rows() -> None:
    assert len(Hash.pack([])) == 0


@given(st.lists(st.integers(0, 2**256 - 1), unique=True, min_size=2, max_size=200))
def test_python_hash_uses_all_bits(numbers: list[int]) -> None:
    many = {Hash("pdq", n.to_bytes(32)) for n in numbers}
    assert len(many) == len(numbers)


def test_python_hashes_of_many_hashes_differ() -> None:
    random = np.random.default_rng(1)
    many = {hash(Hash("pdq", random.bytes(32))) for _ in range(1000)}
    assert len(many) == 1000


def test_colorhash_is_written_as_imagehash_writes_it() -> None:
    theirs = imagehash.ImageHash(np.random.default_rng(3).random((14, 3)) > 0.5)
    ours = Hash.fromhex("colorhash-42", str(theirs))
    assert ours.hex == str(theirs)
    assert int.from_bytes(ours.value) == int("".join(str(int(b)) for b in theirs.hash.flatten()), 2)


def test_different_algorithms_cannot_be_compared() -> None:
    a, b = Hash("phash-64", bytes(8)), Hash("dhash-64", bytes(8))
    assert a != b
    with pytest.raises(AlgorithmMismatchError):
        _ = a - b
    with pytest.raises(AlgorithmMismatchError):
        Hash.pack([a, b])
    with pytest.raises(TypeError):
        _ = a - 5  # type: ignore[operator]


def test_opaque_hashes_are_carried_and_never_compared() -> None:
    one = Hash.parse("photodna:" + "0a" * 144)
    assert one == Hash.fromhex("photodna", "0A" * 144)
    assert one.bits is None
    with pytest.raises(AlgorithmMismatchError):
        _ = one - one
    with pytest.raises(AlgorithmMismatchError):
        _ = ~one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "f8f8",
        "pdq:",
        "pdq:f8",
        "pdq:" + "g" * 64,
        "pdq:" + "f" * 63,
        "PDQ:" + "f" * 64,
        "pdq:" + " f" * 32,
        "pdq:" + "\u0661" * 64,
        "colorhash-42:fffffffffff",
        "pdq-:" + "f" * 64,
        "photodna:abc",
    ],
)
def test_malformed_hashes_are_refused_without_quoting_them(text: str) -> None:
    with pytest.raises(HashFormatError) as caught:
        Hash.parse(text)
    assert "f8f8f8f8" not in str(caught.value)


@given(hashes())
def test_no_full_hash_in_a_repr(one: Hash) -> None:
    assert one.hex not in repr(one)


def test_the_wrong_number_of_bytes_is_refused() -> None:
    with pytest.raises(HashFormatError):
        Hash("pdq", bytes(31))
    with pytest.raises(HashFormatError):
        Hash("colorhash-42", b"\x04" + bytes(5))


def test_digests_are_checked_and_listed_strongest_first() -> None:
    digests = Digests(md5="0" * 32, sha256="1" * 64)
    assert list(digests.items()) == [("sha256", "1" * 64), ("md5", "0" * 32)]
    for wrong in ("0" * 31, "0" * 40, "G" * 32, "A" * 32):
        with pytest.raises(HashFormatError):
            Digests(md5=wrong)


CHOICES = (
    *(Alpha, Band, Decoder, Grade, ItemStatus, MatchKind, Mode, Reason, RunStatus, Sampling),
)


@pytest.mark.parametrize("choice", CHOICES)
def test_an_unknown_word_is_refused_with_those_that_there_are(choice: type[Choice]) -> None:
    for word in choice:
        assert choice(word.value) is word
    with pytest.raises(ValueError, match="not 'another'") as raised:
        choice("another")
    assert all(word.value in str(raised.value) for word in choice)
    with pytest.raises(ValueError, match=" or "):
        choice("")


def test_the_error_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="run status is running, done, interrupted or failed, not"):
        RunStatus("gone")
