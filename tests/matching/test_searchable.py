"""What is said to meet nothing, against what looking up the known hashes themselves finds."""

import pytest

from hashmatch.hashlists.reading import HashList
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.searchable import Searchable
from hashmatch.matching.thresholds import overridden
from hashmatch.model import Digests, Entry, Hash, KnownHash
from hashmatch.profiles import DEFAULT

PDQ = Hash("pdq", bytes(range(32)))
WORN = Hash("phash-64", b"abcdefgh")
FOREIGN = Hash("foreign-64", b"abcdefgh")
COLOURS = Hash("colorhash-42", b"\0bcdef")
OPAQUE = Hash("photodna", b"ab")
KNOWN = HashList.of(
    "list",
    [
        Entry("1", hashes=(KnownHash(PDQ), KnownHash(FOREIGN), KnownHash(COLOURS))),
        Entry("2", hashes=(KnownHash(WORN, 3), KnownHash(OPAQUE))),
        Entry("3", digests=Digests(md5="1" * 32)),
    ],
)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (PDQ, ""),
        (WORN, "minimum quality"),
        (FOREIGN, "no threshold"),
        (COLOURS, "no threshold"),
        (OPAQUE, "opaque"),
        (Hash("dhash-64", b"abcdefgh"), "no dhash-64 hashes are known"),
    ],
)
def test_hashes(value: Hash, says: str) -> None:
    matcher = Matcher(KNOWN)
    why = Searchable(matcher).why_not(Digests(), [value])
    assert says in why
    assert bool(matcher.match(value)) is not bool(why)


def test_a_threshold_makes_hashes_searchable_that_no_scan_computes() -> None:
    matcher = Matcher(KNOWN, profile=overridden(DEFAULT, {"foreign-64": 1, "colorhash-42": 0}))
    for value in (FOREIGN, COLOURS):
        assert Searchable(matcher).why_not(Digests(), [value]) == ""
        assert matcher.match(value)


def test_a_value_is_searched_if_one_of_its_meanings_is() -> None:
    matcher = Matcher(KNOWN)
    assert Searchable(matcher).why_not(Digests(md5="2" * 32), ()) == ""
    assert Searchable(matcher).why_not(Digests(sha256="2" * 64), [PDQ]) == ""
    why = Searchable(matcher).why_not(Digests(sha256="2" * 64), [Hash("dhash-64", b"abcdefgh")])
    assert why == "no sha256 digests are known; no dhash-64 hashes are known"
