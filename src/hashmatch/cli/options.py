"""Options that several verbs share."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hashmatch import registry
from hashmatch.cli.completing import one_of, registered
from hashmatch.cli.output import note, size_in_words
from hashmatch.cli.places import check_known_exhibits
from hashmatch.cli.standard_input import lists_or_standard_input
from hashmatch.errors import UnknownNameError, there_is
from hashmatch.model.region import EFFORTS, Tier, tiers_named

if TYPE_CHECKING:
    from hashmatch.index.pin import Pin
    from hashmatch.matching.matcher import Matcher
    from hashmatch.profiles import Profile

_LONG: Final = 1.0
"""Seconds after which it is said that an index is being proven."""


def _outside_evidence(index: Path) -> Path:
    check_known_exhibits([("the index", index)])
    return index


IndexOption = Annotated[
    Path,
    typer.Option(
        "--index",
        metavar="INDEX",
        envvar="HASHMATCH_INDEX",
        callback=_outside_evidence,
        help="Folder of the index; made if there is none.",
    ),
]

ExistingIndexOption = Annotated[
    Path,
    typer.Option("--index", metavar="INDEX", envvar="HASHMATCH_INDEX", help="Folder of the index."),
]

AgainstOption = Annotated[
    list[Path],
    typer.Option(
        metavar="KNOWN",
        envvar="HASHMATCH_INDEX",
        help="Index, or file of a hash list in any known format; - for a list on standard input; "
        "repeat for several.",
    ),
]

ProfileOption = Annotated[
    str,
    typer.Option(
        metavar="strict|default|wide",
        autocompletion=one_of("strict", "default", "wide"),
        help="Set of thresholds. For pdq: strict (22 bits), default (31), or wide (31; distances "
        "of 32 to 46 are reported apart, as probable).",
    ),
]

ThresholdOption = Annotated[
    list[str] | None,
    typer.Option(
        "--threshold",
        metavar="[ALGORITHM=]BITS",
        autocompletion=registered("hashers", "="),
        help="Largest distance that matches, instead of the profile's. BITS alone is for pdq; "
        "repeat for several.",
    ),
]

MinimumQualityOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=100,
        metavar="0-100",
        help="Lowest quality of hashes that match, instead of the profile's.",
    ),
]

EffortOption = Annotated[
    str | None,
    typer.Option(
        metavar="quick|normal|thorough",
        autocompletion=one_of(*EFFORTS),
        help="How hard known pictures are looked for: whole pictures; also parts of them, as in "
        "screenshots, collages and frames (normal); also what pictures may be cut from (thorough). "
        " [default: quick]",
    ),
]

TiersOption = Annotated[
    str,
    typer.Option(
        metavar="TIER,...",
        help="The same by tiers, as whole,regions: of whole, regions, framing and patches; not "
        "with --effort.",
    ),
]

ThreadsOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="NUMBER",
        help="Files that are read at the same time.  [default: as many as cores]",
    ),
]

WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="NUMBER",
        help="Locked-down processes that read files; 0 reads in this process.  [default: as many "
        "as cores]",
    ),
]

UnsandboxedOption = Annotated[
    bool,
    typer.Option(
        "--unsandboxed",
        help="Scan even where this system refuses to lock workers down: only for evidence that is "
        "trusted, or on a machine that holds nothing else.",
    ),
]

ListFormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        autocompletion=registered("lists"),
        help=f"{', '.join(registry.built_in('lists'))}, or one of an installed package.  "
        "[default: recognised by content]",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="JSON objects, one a line.")]

ForceOption = Annotated[bool, typer.Option("--force", help="Replace the file that is there.")]

FailOnMatchOption = Annotated[
    bool, typer.Option("--fail-on-match", help="Exit code 10 if there are matches.")
]


def profile_of(
    name: str, thresholds: Iterable[str] | None = None, minimum_quality: int | None = None
) -> "Profile":
    """The profile of this name with what the options put in its place.

    Args:
        name: of the profile.
        thresholds: as `--threshold` takes them.
        minimum_quality: as `--minimum-quality` takes it.

    Raises:
        HashmatchError: no such profile, or a number that no hash can have.
    """
    from hashmatch.matching.thresholds import overridden
    from hashmatch.profiles import get_profile

    own = dict(threshold_of(each, default="pdq") for each in thresholds or ())
    return overridden(get_profile(name), own, minimum_quality=minimum_quality)


def matcher_of(
    against: Sequence[Path],
    profile: str,
    thresholds: Iterable[str] | None,
    minimum_quality: int | None,
    *,
    prove: bool = False,
    effort: str | None = None,
    tiers: str = "",
    pins: "Mapping[str, Pin] | None" = None,
) -> "Matcher":
    """What is known, with the thresholds that the options say.

    Args:
        against: indexes and files of hash lists; `-` is standard input.
        profile: as `--profile` names it.
        thresholds: as `--threshold` takes them.
        minimum_quality: as `--minimum-quality` takes it.
        prove: whether the files of indexes are proven now, unless this user did so before.
        effort: as `--effort` names it.
        tiers: instead, as `--tiers` names them.
        pins: the generations of indexes, by their absolute paths; the newest of all others.

    Raises:
        UnknownNameError: there is no such effort, or no such tier.
        KnownChangedError: the generation of a pin was tidied away.
    """
    from hashmatch.index.proofs import Proofs
    from hashmatch.matching.known import versions
    from hashmatch.matching.matcher import Matcher

    chosen = profile_of(profile, thresholds, minimum_quality)
    with lists_or_standard_input(against) as known:
        proofs = Proofs.of_user() if prove else None
        opened: Any = [(pins or {}).get(str(each.absolute()), each) for each in known]
        matcher = Matcher(opened, profile=chosen, proofs=proofs, tiers=chosen_tiers(effort, tiers))
    for name, several in versions(matcher.lists).items():
        note(
            f"WARNING: list {name} is known {len(several)} times, with other entries each: all are "
            f"searched, as {', '.join(dict.fromkeys(several))}"
        )
    _note_idle(matcher, thresholds or ())
    if Tier.PATCHES.value in tiers and Tier.PATCHES not in matcher.tiers:
        note("WARNING: patches: no list has patches of its pictures, and none are looked for")
    _prove(matcher)
    return matcher


def chosen_tiers(effort: str | None, tiers: str) -> tuple[Tier, ...]:
    """The tiers of an effort, or those that are named.

    Raises:
        UnknownNameError: there is no such effort, or no such tier.
    """
    if tiers:
        if effort is not None:
            msg = "--effort and --tiers say the same: give only one of them"
            raise typer.BadParameter(msg)
        return tiers_named(tiers.split(","))
    effort = effort or "quick"
    if effort not in EFFORTS:
        msg = f"no effort is called {effort!r}"
        raise UnknownNameError(there_is(msg, EFFORTS))
    return EFFORTS[effort]


def _note_idle(matcher: "Matcher", thresholds: Iterable[str]) -> None:
    """Say which thresholds are for hashes that nobody knows."""
    for each in thresholds:
        algorithm, _ = threshold_of(each, default="pdq")
        if not any(known.count(algorithm) for known in matcher.lists):
            note(f"WARNING: --threshold {each} has no effect: no {algorithm} hash is known")


def _prove(matcher: "Matcher") -> None:
    """Prove the files of indexes, and say so where it takes long."""
    size = size_in_words(sum(file.size for file in matcher.files))
    told = Timer(_LONG, note, [f"verifying the index ({size}): once, until it is changed"])
    told.daemon = True
    told.start()
    try:
        matcher.prove_once()
    finally:
        told.cancel()


def threshold_of(text: str, *, default: str = "") -> tuple[str, int]:
    """An algorithm and its threshold, from ALGORITHM=BITS.

    Args:
        text: what was given.
        default: the algorithm where only a number is given; empty if one must be named.

    Raises:
        typer.BadParameter: not of this form.
    """
    from hashmatch import registry
    from hashmatch.errors import there_is
    from hashmatch.hashlists.values import OPAQUE
    from hashmatch.model.hash import bits_of

    algorithm, equals, bits = text.rpartition("=")
    name = algorithm.strip().lower() if equals else default
    if not name or not bits.strip().isdecimal():
        msg = f"--threshold is written ALGORITHM=BITS, as pdq=24, not {text!r}"
        raise typer.BadParameter(msg)
    if bits_of(name) is None:
        there = [each for each in registry.names("hashers") if bits_of(each)]
        what = "opaque, and never compared" if name in OPAQUE else "no algorithm of hashmatch"
        msg = f"no threshold for {name!r}, which is {what}"
        raise typer.BadParameter(there_is(msg, there))
    return name, int(bits)
