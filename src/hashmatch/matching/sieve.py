"""Which of many hashes and digests anything that is known can match, told for all at once.

What passes is matched as ever; what does not cannot match: its bytes are on no list, and none of
its hashes, nor the negative of an upright one, is within the widest threshold of any list.
"""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.matching.rules import widest
from hashmatch.model.hash import bits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from hashmatch.index.reading import KnownList
    from hashmatch.profiles import Profile


class Sieve:
    """What is known, for values in bulk."""

    def __init__(self, lists: "Sequence[KnownList]", profile: "Profile") -> None:
        """Use lists and a profile as a matcher has them."""
        self._lists = lists
        self._profile = profile

    def has_digest(self, digests: "Iterable[tuple[str, bytes | None]]") -> bool:
        """Whether any list has one of these digests, given with their names."""
        return any(
            part.segment.exact(name, digest)
            for name, digest in digests
            if digest is not None
            for known in self._lists
            for part in known.parts
        )

    def near(
        self, algorithm: str, codes: "NDArray[np.uint8]", upright: "NDArray[np.bool_]"
    ) -> "NDArray[np.bool_]":
        """Which of these hashes a list may match.

        Args:
            algorithm: of them.
            codes: (n, bytes) uint8.
            upright: (n,) whether each is of an upright picture: its negative is looked for too.
        """
        found = np.zeros(len(codes), np.bool_)
        bits = bits_of(algorithm)
        if bits is None or not len(codes):
            return found
        mask = np.frombuffer(((1 << bits) - 1).to_bytes(codes.shape[1]), np.uint8)
        places = np.concatenate((np.arange(len(codes)), np.flatnonzero(upright)))
        queries = np.concatenate((codes, codes[upright] ^ mask))
        for known in self._lists:
            farthest = widest(known.policy, algorithm, profile=self._profile)
            for part in known.parts if farthest >= 0 else ():
                if algorithm in part.segment.algorithms:
                    met = part.segment.near(algorithm, queries, farthest).queries
                    found[places[np.unique(met)]] = True
        return found
