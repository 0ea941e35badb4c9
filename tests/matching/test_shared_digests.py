"""Files and entries that share digests: all of them, or one that was made to be shared."""

import hashlib

import pytest

from hashmatch.hashlists.reading import HashList
from hashmatch.matching.matcher import Matcher
from hashmatch.model import (
    Decoder,
    Entry,
    Hash,
    Item,
    KnownHash,
    MatchKind,
    MediaHashes,
    Mode,
    Reading,
)
from hashmatch.model.digests import Digests

NEAR = Hash("pdq", bytes(16) + b"\xff" * 16)
ONE = HashList.of("one", (Entry("e1", hashes=(KnownHash(NEAR, 90),)),))
MD5, SHA1, SHA256 = "0" * 32, "1" * 40, "2" * 64
# X. Wang, D. Feng, X. Lai, H. Yu: Collisions for hash functions MD4, MD5, HAVAL-128 and RIPEMD,
# 2004: two files of 128 bytes that differ in six bits.
FIRST = bytes.fromhex(
    "d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89"
    "55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b"
    "d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0"
    "e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70"
)
BITS = {19: 0x80, 45: 0x80, 59: 0x80, 83: 0x80, 109: 0x80, 123: 0x80}
SECOND = bytes(value ^ BITS.get(at, 0) for at, value in enumerate(FIRST))


def digested(data: bytes) -> Digests:
    return Digests(
        **{name: hashlib.new(name, data).hexdigest() for name in ("md5", "sha1", "sha256")}
    )


def item(digests: Digests) -> Item:
    seen = MediaHashes(
        (Reading(NEAR, 99),), Mode.EXACT, width=9, height=9, format="png", decoder=Decoder.PILLOW
    )
    return Item("x", digests=digests, media=seen)


def known(digests: Digests, *, harmless: bool = False) -> HashList:
    return HashList.of("second", (Entry("e2", digests=digests, known_good=harmless),))


@pytest.mark.parametrize(
    ("digests", "suppressed"),
    [
        (Digests(md5=MD5), False),
        (Digests(sha1=SHA1), False),
        (Digests(md5=MD5, sha1=SHA1), True),
        (Digests(md5=MD5, sha256=SHA256), True),
        (Digests(sha256=SHA256), True),
    ],
)
def test_a_digest_that_can_be_shared_suppresses_nothing_alone(
    digests: Digests, *, suppressed: bool
) -> None:
    found = Matcher([ONE, known(digests, harmless=True)]).match(
        item(Digests(md5=MD5, sha1=SHA1, sha256=SHA256))
    )
    about = {each.entry_id: (each.kind, each.known_good, each.suppressed) for each in found}
    assert about["e2"] == (MatchKind.EXACT, True, False)
    assert about["e1"] == (MatchKind.PERCEPTUAL, False, suppressed)


@pytest.mark.parametrize("harmless", [False, True])
def test_files_that_share_an_md5_are_not_equal(*, harmless: bool) -> None:
    first, second = digested(FIRST), digested(SECOND)
    assert first.md5 == second.md5
    assert first.sha1 != second.sha1
    matcher = Matcher([ONE, known(first, harmless=harmless)])
    (same,) = matcher.match(first)
    assert (same.kind, same.algorithm) == (MatchKind.EXACT, "sha256")
    near, collision = matcher.match(item(second))
    assert (near.entry_id, near.suppressed, near.reportable) == ("e1", False, True)
    assert (collision.entry_id, collision.kind) == ("e2", MatchKind.COLLISION)
    assert (collision.algorithm, collision.entry_hash) == ("md5", f"md5:{first.md5}")
    assert (collision.reportable, collision.known_good) == (False, False)


def test_where_the_list_has_an_md5_alone_it_is_named() -> None:
    (alone,) = Matcher(known(Digests(md5=digested(FIRST).md5))).match(digested(SECOND))
    assert (alone.kind, alone.algorithm, alone.reportable) == (MatchKind.EXACT, "md5", True)


def test_an_entry_that_collides_can_still_match_by_its_picture() -> None:
    entry = Entry("e2", digests=digested(FIRST), hashes=(KnownHash(NEAR, 90),))
    found = Matcher(HashList.of("second", (entry,))).match(item(digested(SECOND)))
    assert [each.kind for each in found] == [MatchKind.PERCEPTUAL, MatchKind.COLLISION]
