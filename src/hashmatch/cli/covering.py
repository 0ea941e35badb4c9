"""What of the hash lists is searched, and loudly what is not."""

from typing import TYPE_CHECKING

from hashmatch.cli.output import note
from hashmatch.model.handling import strictest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hashmatch.coverage import ListCoverage
    from hashmatch.index.reading import KnownList
    from hashmatch.matching.matcher import Matcher


def note_coverage(lists: "Iterable[ListCoverage]") -> None:
    """Say of every list what is searched, then what cannot match."""
    from hashmatch.coverage import searched_in_words, unsearched_in_words

    for each in lists:
        for words in searched_in_words(each):
            note(f"list {each.name}: {words}")
        for words in unsearched_in_words(each):
            note(f"WARNING: list {each.name}: {words}")


def note_handling(lists: "Iterable[KnownList]") -> None:
    """Say how far a list, and so what is found with it, may be passed on."""
    for known in lists:
        if known.handling:
            note(f"HANDLING: list {known.name} is marked {known.handling}, and so are its matches")


def handling_of(lists: "Iterable[KnownList]") -> dict[str, list[str]]:
    """How far what was found may be passed on, for the last JSON object; nothing if not marked."""
    found = strictest(known.handling for known in lists)
    return {"handling": [*found]} if found else {}


def refuse_unmatched(matcher: "Matcher", *, unless: bool) -> None:
    """Nothing, if anything that is known can match, or the operator wants to scan all the same.

    Raises:
        NothingToMatchError: nothing can; the message says why, and how to go on all the same.
    """
    from hashmatch.errors import NothingToMatchError
    from hashmatch.scanning.engine import check_matchable

    if unless:
        return
    try:
        check_matchable(matcher)
    except NothingToMatchError as error:
        msg = f"{error}; --allow-unmatched scans all the same"
        raise NothingToMatchError(msg) from None


def lacks_something(matcher: "Matcher") -> bool:
    """Whether a list contributes nothing, or a row of a file was quarantined just now."""
    found = matcher.coverage
    # What lies in an index was said when it was imported.
    pairs = zip(found, matcher.lists, strict=True)
    new = any(each.quarantined for each, known in pairs if not known.files)
    return new or not all(each.contributes for each in found)
