"""Results of `bench recall` as text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hashmatch.bench.impostors import RULE
from hashmatch.wording import number_of

_NEEDED = round(1 / RULE)


def recall_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """What was measured, in lines of at most 100 characters."""
    yield from made_on(result)
    counts = result["pictures"]
    yield (
        f"{number_of(counts['used'], 'picture')} ({result['settings']['half']}, seed "
        f"{result['settings']['seed']}): {counts['known']:,} known, {counts['others']:,} "
        f"others and {counts['synthetic']:,} made-up hashes beside them; tiers: "
        f"{', '.join(result['settings']['tiers'])}"
    )
    for each in result["results"]:
        yield ""
        yield from _of_algorithm(each)
    if result["interrupted"]:
        yield ""
        yield "interrupted: these are the figures of what was measured until then"


def made_on(result: Mapping[str, Any]) -> Iterator[str]:
    """Machine and versions."""
    machine = result["machine"]
    memory = f", {machine['memory_gib']} GiB" if machine["memory_gib"] else ""
    yield f"{machine['processor']}, {machine['cores']} cores{memory}; {machine['system']}"
    yield ", ".join(f"{name} {version}" for name, version in result["versions"].items())


def rule_line(found: Mapping[str, Any]) -> str:
    """The largest distance that keeps the rule, in words."""
    photos, algorithm = found["photos"], found["algorithm"]
    if not photos["pairs"]:
        return f"{algorithm}: no two pictures of enough quality to compare"
    pairs = f"{photos['pairs']:,} comparisons of {photos['pictures']:,} different pictures"
    if photos["rule"] is None:
        equal = next(iter(photos["within"].values()))
        return f"{algorithm}: no distance keeps the rule: of {pairs} {equal:,} have equal hashes"
    few = "" if photos["pairs"] >= _NEEDED else "; fewer than 10⁶, so none was allowed"
    return (
        f"{algorithm}: at most one false match in 10⁶ comparisons within {photos['rule']} bits "
        f"({pairs}, the nearest {photos['nearest']} bits apart{few})"
    )


def _of_algorithm(found: Mapping[str, Any]) -> Iterator[str]:
    yield rule_line(found)
    if "groups" not in found:
        return
    bits = [str(each) for each in found["thresholds"]]
    head = "".join(f"{f'within {each}':>22}" for each in bits)
    yield f"{found['algorithm']:32} {'copies':>7}{head}"
    for share in found["transforms"]:
        yield _row(f"  {share['transform']}", share, bits)
    yield ""
    for share in found["groups"]:
        yield _row(share["group"], share, bits)
    yield from _by_tier(found["groups"][-1], bits)
    for each, wrong in found["wrong"].items():
        yield (
            f"within {each}: {number_of(wrong['copies'], 'copy', 'copies')} matched another entry, "
            f"{number_of(wrong['matches'], 'match', 'matches')}"
        )
    impostors = found["impostors"]
    nearest = f", the nearest {impostors['nearest']} bits apart" if impostors["pairs"] else ""
    yield f"{impostors['pairs']:,} pairs of a copy and another picture{nearest}"


def _by_tier(of_all: Mapping[str, Any], bits: Sequence[str]) -> Iterator[str]:
    """What each tier found, with those before it, where there are several."""
    tiers = list(dict.fromkeys(tier for each in bits for tier in of_all["recall"][each]["up_to"]))
    if len(tiers) < 2:  # noqa: PLR2004 (one says what the row of all says)
        return
    for tier in tiers:
        cells = ""
        for each in bits:
            one = of_all["recall"][each]
            cells += f"{share_cell(one['up_to'].get(tier, one)):>22}"
        yield f"{f'  up to {tier}':32} {of_all['copies']:>7,}{cells}"


def _row(name: str, share: Mapping[str, Any], bits: Sequence[str]) -> str:
    cells = "".join(f"{share_cell(share['recall'][each]):>22}" for each in bits)
    return f"{name:32} {share['copies']:>7,}{cells}"


def share_cell(one: Mapping[str, Any]) -> str:
    """A share with its interval, in per cent."""
    low, high = one["interval"]
    return f"{100 * one['recall']:.1f} ({100 * low:.1f}–{100 * high:.1f})"
