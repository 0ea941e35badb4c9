"""What public functions are given and cannot take: refused in words, never an odd answer."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm

WRONG: tuple[Any, ...] = (
    *(None, 5, 2.5, True, [], ["x"], {}, {"a": 1}, "nope", b"nope"),
    *(Path("/nonexistent"), object(), set()),
)
DIGESTS = hm.Digests(md5="0" * 32)
KNOWN = hm.HashList.of("known", [hm.Entry("a", digests=DIGESTS)])
MATCHER = hm.Matcher(KNOWN)
TAKEN: dict[str, tuple[Callable[[Any], object], tuple[str, ...]]] = {
    # What is called, and the types of what it may take.
    "Hash.parse": (hm.Hash.parse, ()),
    "Hash.fromhex": (lambda v: hm.Hash.fromhex("pdq", v), ()),
    "Hash.fromhex algorithm": (lambda v: hm.Hash.fromhex(v, "00" * 32), ("str",)),
    "Hash": (lambda v: hm.Hash("pdq", v), ()),
    "Hash.pack": (hm.Hash.pack, ("list", "set", "dict")),
    "Digests": (lambda v: hm.Digests(md5=v), ("NoneType",)),
    "Matcher": (hm.Matcher, ("list", "set")),
    "Matcher profile": (lambda v: hm.Matcher(KNOWN, profile=v), ()),
    "match": (MATCHER.match, ()),
    "match_many": (MATCHER.match_many, ("list", "set")),
    "HashOptions": (hm.HashOptions, ()),
    "HashOptions mode": (lambda v: hm.HashOptions(mode=v), ()),
    "HashOptions orientations": (lambda v: hm.HashOptions(orientations=v), ("bool",)),
    "HashOptions variants": (lambda v: hm.HashOptions(variants=v), ("bool",)),
    "HashOptions sampling": (lambda v: hm.HashOptions(sampling=v), ()),
    "HashOptions limits": (lambda v: hm.HashOptions(limits=v), ()),
    "Limits": (lambda v: hm.Limits(max_pixels=v), ("int", "float")),
    "hash_image": (hm.hash_image, ()),
    "hash_image options": (lambda v: hm.hash_image(b"x", v), ()),
    "hash_video": (hm.hash_video, ()),
    "hash_video options": (lambda v: hm.hash_video(b"x", v), ()),
    "hash_item": (hm.hash_item, ("str", "bytes", "PosixPath", "WindowsPath")),
    "hash_item options": (lambda v: hm.hash_item(b"x", v), ()),
    "hash_item locator": (lambda v: hm.hash_item(b"x", locator=v), ("str",)),
    "hash_images": (hm.hash_images, ("list", "set")),
    "hash_images options": (lambda v: hm.hash_images([b"x"], v), ()),
    "hash_images threads": (lambda v: hm.hash_images([b"x"], threads=v), ("NoneType", "int")),
    "get_profile": (hm.get_profile, ()),
    "read_list": (hm.read_list, ()),
    "read_list columns": (lambda v: hm.read_list("/nonexistent", columns=v), ()),
    "iter_scan": (lambda v: hm.iter_scan(v, against=KNOWN), ("list", "set")),
    "iter_scan profile": (lambda v: hm.iter_scan([], against=KNOWN, profile=v), ()),
    "iter_scan limits": (lambda v: hm.iter_scan([], against=KNOWN, limits=v), ("NoneType",)),
    "iter_scan workers": (
        lambda v: hm.iter_scan([], against=KNOWN, workers=v),
        ("NoneType", "int"),
    ),
    "scan run": (lambda v: hm.scan([], against=KNOWN, run=v), ("NoneType",)),
    "to_json": (hm.to_json, ()),
    "Index": (hm.Index, ()),
    "HashList.of": (lambda v: hm.HashList.of("x", v), ("list", "set", "dict")),
    "HashList.of name": (lambda v: hm.HashList.of(v, []), ("str",)),
    "HashList.of hashes": (
        lambda v: hm.HashList.of("x", [hm.Entry("a", digests=DIGESTS, hashes=v)]),
        ("list",),
    ),
    "HashList.of digests": (lambda v: hm.HashList.of("x", [hm.Entry("a", digests=v)]), ()),
    "Policy": (lambda v: hm.Policy(thresholds=v), ("dict",)),
    "Policy known_good": (hm.Policy, ("NoneType", "bool")),
    "Policy categories": (lambda v: hm.Policy(categories=v), ("dict",)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_cannot_be_taken_is_refused(name: str) -> None:
    call, taken = TAKEN[name]
    for value in WRONG:
        try:
            result = call(value)
            if isinstance(result, Iterator):
                list(result)
        except (TypeError, ValueError, OSError, LookupError) as error:
            assert not isinstance(error, KeyError | IndexError), (name, value)  # noqa: PT017
            assert "has no attribute" not in str(error)  # noqa: PT017
        else:
            assert type(value).__name__ in taken, (name, value)
    if "dict" in taken:
        with pytest.raises((TypeError, ValueError)):
            call({"a": 1})
    if "list" in taken and name not in ("match_many", "hash_images", "Matcher"):
        with pytest.raises(TypeError):
            list(call(["x"]))  # type: ignore[call-overload]


def test_names_of_algorithms_are_checked_at_once_and_known_ones_named() -> None:
    for given in ("nope", ("pdq", "nope"), ["phash"]):
        with pytest.raises(hm.HashmatchError, match=r"no algorithm is called .*\n(.*\n)*  pdq\n"):
            hm.HashOptions(given)


def test_a_profile_may_be_named_or_given() -> None:
    wide = hm.get_profile("wide")
    assert hm.get_profile(wide) is wide
    assert hm.Matcher(KNOWN, profile="wide").profile == hm.Matcher(KNOWN, profile=wide).profile


def test_several_folders_are_refused_in_words() -> None:
    with pytest.raises(TypeError, match="scan several one by one, not str"):
        hm.scan(["a", "b"], against=KNOWN)  # type: ignore[list-item]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_source_of_other_things_is_refused_in_words(workers: int) -> None:
    for given in ("photo.jpg", Path("photo.jpg"), None):
        files: Any = (each for each in [given])
        with pytest.raises(TypeError, match="a source gives the files it found"):
            hm.scan(files, against=KNOWN, workers=workers)
