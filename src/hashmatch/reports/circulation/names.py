"""Names of cases, exhibits and things on the page: never long, and never markup."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, foreign, joined, tag
from hashmatch.model.handling import in_words
from hashmatch.reports.text import shortened
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.tracing.statistics import Asked

_LONGEST: Final = 120
"""Characters of one name: the page stays small whatever somebody calls a thing."""
_MARKS: Final = 300
_ASKED: Final = 20
"""Cases of one list of whom to ask."""


@lru_cache(4096)
def name(words: str) -> Markup:
    """Text from evidence or from people."""
    return foreign(shortened(words, _LONGEST))


def key(words: str) -> Markup:
    """The key of a link, as the commands take it."""
    return foreign(shortened(words, _LONGEST), class_="key")


def place(case: str, exhibit: str) -> Markup:
    """A case with an exhibit, or alone."""
    return joined("case ", name(case), *((", ", name(exhibit)) if exhibit else ()))


def ask(contact: str) -> Markup:
    """Whom to ask."""
    return joined("ask ", name(contact) if contact else "its lead (no contact is on record)")


def asked(cases: Sequence["Asked"], why: str) -> Markup:
    """Cases that say no more than that they have something, and whom to ask."""
    if not cases:
        return Markup("")
    named = [joined(place(each.case, ""), ": ", ask(each.contact)) for each in cases[:_ASKED]]
    if left := len(cases) - len(named):
        named.append(joined(f"and {number_of(left, 'more case')}"))
    return joined(tag("p", why), tag("ul", *(tag("li", each) for each in named), class_="told"))


def marks(handling: Sequence[str]) -> Markup | str:
    """How far it may be passed on; nothing where that is not marked."""
    words = shortened(in_words(handling), _MARKS)
    return tag("small", foreign(words), class_="marked") if words else ""
