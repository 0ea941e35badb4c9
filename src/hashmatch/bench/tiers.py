"""How hard known pictures are looked for: the tiers there are, passed on to hashing."""

from collections.abc import Sequence
from typing import Final

from hashmatch.errors import UnknownNameError, there_is
from hashmatch.hashing.options import HashOptions

TIERS: Final = ("whole",)
"""All that hashing knows."""


def looking_by(options: HashOptions, tiers: Sequence[str]) -> HashOptions:
    """The options with these tiers.

    Raises:
        UnknownNameError: there is no such tier; the message names those there are.
    """
    for name in tiers:
        if name not in TIERS:
            msg = f"no tier is called {name!r}"
            raise UnknownNameError(there_is(msg, TIERS))
    return options
