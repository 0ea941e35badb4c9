"""What can be matched: values and their text; all else is refused, never passed over."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from hashmatch.hashlists.values import parse_value
from hashmatch.model import Digests, Hash, Item, MediaHashes

Subject: TypeAlias = Item | MediaHashes | Hash | Digests
"""What is matched: a file, a picture or video, or a single value of either kind."""

_KINDS: Final = (Item, MediaHashes, Hash, Digests)
_TAKEN: Final = "an Item, MediaHashes, Hash or Digests, or text such as 'pdq:f8f8…'"


def subject_of(given: object) -> Subject:
    """What is to be matched, with text read as the hash or digest that it says.

    Raises:
        HashFormatError: text that is no hash or digest written with its name, nor an MD5 or SHA-1.
        TypeError: anything else.
    """
    if isinstance(given, str):
        return parse_value(given.strip())
    if isinstance(given, _KINDS):
        return given
    msg = f"what is matched is {_TAKEN}, not {type(given).__name__}; hash_image hashes a picture"
    raise TypeError(msg)


def subjects_of(given: object) -> list[object]:
    """Several things that are to be matched.

    Raises:
        TypeError: it is a single one, or nothing that holds several.
    """
    single = isinstance(given, str | bytes | bytearray | memoryview | Item | MediaHashes)
    if single or isinstance(given, Hash | Digests) or not isinstance(given, Iterable):
        msg = f"match_many takes several subjects, not one {type(given).__name__}; match takes one"
        raise TypeError(msg)
    if isinstance(given, Mapping):
        msg = "match_many takes several subjects, not a mapping: give its keys or its values"
        raise TypeError(msg)
    return list(given)


def media_of(subject: Subject) -> MediaHashes | None:
    """The hashes of a picture or video; None where the subject has none."""
    media = subject.media if isinstance(subject, Item) else subject
    return media if isinstance(media, MediaHashes) else None


def digests_of(subject: Subject) -> Digests:
    """The digests to look for: none of an empty file, which is like every other empty file."""
    if isinstance(subject, Digests):
        return subject
    return subject.digests if isinstance(subject, Item) and subject.size != 0 else Digests()
