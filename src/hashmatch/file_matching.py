"""A matcher that hashes what it is given: paths, bytes, files, pictures and pixels.

Matching itself never sees a picture (`hashmatch.matching`); this lies above it and above hashing.
"""

import os
from typing import TYPE_CHECKING, TypeAlias, cast

from hashmatch import registry
from hashmatch.errors import HashFormatError, UnreadableImageError
from hashmatch.hashing.options import HashOptions
from hashmatch.hashlists.families import family_of
from hashmatch.hashlists.values import OPAQUE, algorithm_id
from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher as ValueMatcher
from hashmatch.matching.subjects import Subject, subject_of, subjects_of
from hashmatch.model import Digests, Hash, Item, Match, MediaHashes
from hashmatch.model.digests import DIGESTS
from hashmatch.model.hash import bits_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hashmatch.decoding.image import DecodedSource
    from hashmatch.decoding.inputs import Readable

    Given: TypeAlias = Subject | Readable | DecodedSource

_CANONICAL = "pdq"
"""What is hashed for the record where nothing that is known can be near to it."""

_BARE = frozenset((32, 40, 64))
"""Hex digits of an MD5 and a SHA-1, which need no name in front, and of what does need one."""


def hash_options(matcher: ValueMatcher, limits: Limits | None = None) -> HashOptions:
    """What is hashed of a file to match it with all that a matcher knows.

    Args:
        matcher: what is known.
        limits: of bytes, pixels and frames per file.
    """
    computed = [name for name in matcher.algorithms if registry.has("hashers", name)]
    return HashOptions(
        algorithms=computed or (_CANONICAL,),
        orientations=True,
        variants=True,
        tiers=matcher.tiers,
        sampling=matcher.sampling,
        limits=limits or Limits(),
    )


class Matcher(ValueMatcher):
    """What is known, ready to be matched with files, pictures and values.

    As `hashmatch.matching.matcher.Matcher`, which takes values alone.
    """

    @property
    def hash_options(self) -> HashOptions:
        """What is hashed of a file to match it with all that is known, for `Workers` too."""
        return hash_options(self)

    def match(self, subject: "Given") -> tuple[Match, ...]:
        """The matches of one file, picture, item, hash or set of digests, the nearest first.

        Args:
            subject: an Item, MediaHashes, Hash or Digests; text that names a value, as `pdq:f8f8…`
                or `sha256:…`, or a bare MD5 or SHA-1; or a path, the bytes of a file, a binary
                file, a PIL image or an array of pixels, which is hashed first, in all eight
                orientations.

        Raises:
            HashFormatError: text that names a hash or digest and is none.
            UnreadableImageError: a file that gives no hash, and whose digests match nothing either.
            TypeError: anything else.
        """
        return self.match_many([subject])[0]

    def match_many(self, subjects: "Iterable[Given]") -> list[tuple[Match, ...]]:
        """The matches of each of many subjects, searched together, the nearest first.

        Raises:
            HashFormatError: as `match`.
            UnreadableImageError: as `match`, for the first of them.
            TypeError: as `match`, or a single subject instead of several.
            DamagedIndexError: an index is damaged, or was changed in place.
            ClosedIndexError: an index was closed.
        """
        from hashmatch.decoding.image import check_several

        if not isinstance(subjects, Item):
            check_several(subjects)
        given = subjects_of(subjects)
        taken = [self._taken(each) for each in given]
        found = self._confirmed(taken)
        for source, subject, matches in zip(given, taken, found, strict=True):
            why = subject.unreadable if isinstance(subject, Item) else None
            if why is not None and not matches and source is not subject:
                raise UnreadableImageError(why.reason, why.detail)
        return found

    def _taken(self, given: object) -> Subject:
        """What is matched: hashed first, if it is a file or a picture."""
        if isinstance(given, Item | MediaHashes | Hash | Digests):
            return given
        from hashmatch.decoding.image import is_decoded
        from hashmatch.decoding.inputs import read_all
        from hashmatch.hashing.items import hash_item

        options = hash_options(self)
        if is_decoded(given):
            return hash_item(given, options)
        if (isinstance(given, str) and not _names_value(given)) or isinstance(given, os.PathLike):
            return hash_item(given, options)
        if isinstance(given, bytes | bytearray | memoryview) or hasattr(given, "read"):
            return hash_item(read_all(cast("Readable", given), options.limits), options)
        return subject_of(given)


def _names_value(text: str) -> bool:
    """Whether text says that it is a hash or a digest; otherwise it is a path."""
    name, colon, _ = text.strip().partition(":")
    if not colon:
        return len(name) in _BARE and all(each in "0123456789abcdefABCDEF" for each in name)
    try:
        known = algorithm_id(name)
    except HashFormatError:
        return False
    named = known in DIGESTS or known in OPAQUE or registry.has("hashers", known)
    return named or bool(family_of(known)) or bits_of(known) is not None
