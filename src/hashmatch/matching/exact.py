"""Matching of items with entries by the digests of their bytes; what follows from equal bytes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from hashmatch.index.reading import KnownList
from hashmatch.matching.best import Key, order_of
from hashmatch.matching.rules import match_of, rule_for
from hashmatch.model import Digests, Match, MatchKind
from hashmatch.profiles import Profile


def same_digest(
    lists: Sequence[KnownList], digests: Digests, profile: Profile
) -> Iterator[tuple[Key, Match]]:
    """Entries that share a digest, by the strongest that is equal first.

    An entry of which another digest differs is of other bytes: its digest collides, by chance or
    on purpose, or the list is wrong.
    """
    for name, value in digests.items():
        digest = bytes.fromhex(value)
        for at, known in enumerate(lists):
            for place, part in enumerate(known.parts):
                for row in part.segment.exact(name, digest):
                    if row not in part.withdrawn:
                        rule = rule_for(known, part, row, "", profile=profile)
                        equal = digests.agrees_with(part.segment.table.digests_of(row))
                        kind = MatchKind.EXACT if equal else MatchKind.COLLISION
                        match = match_of(known, part, row, rule, kind=kind, algorithm=name)
                        match = replace(match, entry_hash=f"{name}:{value}")
                        if not equal:
                            match = replace(match, known_good=False, suppressed=True)
                        yield (at, place, row), match


def settled(matches: Iterable[Match], digests: Digests) -> tuple[Match, ...]:
    """The nearest first; near hashes raise nothing about bytes that are known to be harmless.

    That bytes are known takes more than an MD5 or a SHA-1 alone, which others can be made to
    share: anybody could hide a picture behind a harmless file of a public list.
    """
    found = sorted(matches, key=_order)
    exact = [each for each in found if each.kind is MatchKind.EXACT]
    proven = any(each.known_good and digests.proves_equal(each.entry_digests) for each in exact)
    if proven and all(each.known_good for each in exact):
        found = [
            replace(each, suppressed=not each.known_good)
            if each.kind is not MatchKind.EXACT
            else each
            for each in found
        ]
    return tuple(found)


def _order(match: Match) -> tuple[object, ...]:
    return *order_of(match), match.list_name, match.entry_id, match.number
