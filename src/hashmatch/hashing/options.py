"""What to hash and how."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

from hashmatch import registry
from hashmatch.errors import UnknownNameError, check_type, there_is
from hashmatch.hashers.base import Hasher
from hashmatch.hashing.keypoints import check_installed
from hashmatch.limits import Limits
from hashmatch.model import Mode, Sampling
from hashmatch.model.plain import PlainValue
from hashmatch.model.region import Tier, tiers_of


@dataclass(frozen=True, slots=True, repr=False)
class HashOptions(PlainValue):
    """What to hash and how.

    Attributes:
        algorithms: ids of the hashers, or a single id; the first gives the canonical hash.
        mode: `fast` reads a JPEG's luma at the smallest sufficient size; `exact` computes luma
            from the full RGB picture, as reference tools do; `centred` is for small pictures
            and does not shift them as the reference does.
        orientations: also the seven turned and mirrored readings.
        variants: also the reading of the tools that filled many lists: alpha dropped.
        tiers: how hard known pictures are looked for in pictures: `whole` alone, or also `regions`
            `framing` and `patches`, which give `MediaHashes.regions`. They take PDQ, and `patches`
            the extra of that name.
        sampling: which frames of videos: `query` (one a second), `thorough` (two), `adaptive` (as
            many as differ: for lists of few frames, see `Matcher.sampling`), `triage` (keyframes,
            where they say enough), or `reference` (as many as differ, for known videos).
        limits: of bytes, pixels, frames and time.
    """

    algorithms: Sequence[str] | str = ("pdq",)
    mode: Mode | str = Mode.FAST
    _: KW_ONLY
    orientations: bool = False
    variants: bool = False
    tiers: Iterable[Tier | str] = (Tier.WHOLE,)
    sampling: Sampling | str = Sampling.QUERY
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if isinstance(self.algorithms, str):
            object.__setattr__(self, "algorithms", (self.algorithms,))
        check_type(self.algorithms, Iterable, "algorithms are ids, as ('pdq', 'phash-64')")
        if isinstance(self.algorithms, Mapping):
            msg = "algorithms are ids, as ('pdq', 'phash-64'), not a mapping"
            raise TypeError(msg)
        object.__setattr__(self, "algorithms", tuple(self.algorithms))
        if not self.algorithms:
            msg = "name at least one algorithm"
            raise ValueError(msg)
        if not all(isinstance(name, str) for name in self.algorithms):
            msg = "algorithms are named by their ids, as ('pdq', 'phash-64')"
            raise TypeError(msg)
        built_in = registry.built_in("hashers")
        if unknown := [name for name in self.algorithms if name not in built_in]:
            there = registry.names("hashers")
            for name in unknown:
                if name not in there:
                    msg = f"no algorithm is called {name!r}"
                    raise UnknownNameError(there_is(msg, there))
        check_type(self.orientations, bool, "orientations is True or False")
        check_type(self.variants, bool, "variants is True or False")
        check_type(self.limits, Limits, "limits are Limits")
        object.__setattr__(self, "tiers", tiers_of(self.tiers))
        if Tier.PATCHES in self.tiers:
            check_installed()
        object.__setattr__(self, "mode", Mode(self.mode))
        object.__setattr__(self, "sampling", Sampling(self.sampling))

    @property
    def hashers(self) -> list[Hasher]:
        """The hashers of these algorithms.

        Raises:
            UnknownNameError: an algorithm that nobody registered.
        """
        found: list[Hasher] = [registry.load("hashers", name) for name in self.algorithms]
        if self.mode == Mode.CENTRED:
            from hashmatch.hashers.pdq import CentredPdq

            found = [CentredPdq() if hasher.algorithm == "pdq" else hasher for hasher in found]
        return found
