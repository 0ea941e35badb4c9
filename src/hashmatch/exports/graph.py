"""Links as a graph: things beside exhibits, cases and accounts, and what connects them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hashmatch.exports.facts import Facts
from hashmatch.tracing.values import Link, LinkKind, Occurrence

NODE_COLUMNS = (
    "id",
    "kind",
    "label",
    "known",
    "grade",
    "exhibits",
    "why_not",
    "contact",
    "handling",
)
EDGE_COLUMNS = ("id", "source", "target", "kind", "role", "count", "rows", "handling")


@dataclass(frozen=True, slots=True)
class Node:
    """A thing, an exhibit, a case or an account; `told` has its columns behind id and kind."""

    id: str
    kind: str
    told: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """What connects two nodes; `told` has its columns behind the nodes and the kind."""

    source: str
    target: str
    kind: str
    told: Mapping[str, object] = field(default_factory=dict)


def nodes(facts: Facts) -> Iterator[Node]:
    """Each node once: things first, then places and the accounts that are no things themselves."""
    seen: set[str] = set()
    for link in facts.links:
        if link.kind == LinkKind.IDENTIFIER:
            seen.add(link.key)
        yield _thing(link)
    for link in facts.links:
        for each in link.occurrences:
            for node in (_case(facts, each), *_exhibit(each), *_accounts(each)):
                if node.id not in seen:
                    seen.add(node.id)
                    yield node


def edges(facts: Facts) -> Iterator[Edge]:
    """Each edge once: exhibits in their cases, then things where they were seen."""
    seen: set[tuple[str, str]] = set()
    for link in facts.links:
        for each in link.occurrences:
            if each.exhibit and each.place not in seen:
                seen.add(each.place)
                told = {"handling": "; ".join(each.handling)}
                yield Edge(_id("exhibit", *each.place), _id("case", each.case), "in-case", told)
    for link in facts.links:
        for each in link.occurrences:
            yield from _seen(link, each)


def _seen(link: Link, each: Occurrence) -> Iterator[Edge]:
    """A thing in one place, and with accounts there."""
    rows = " ".join(f"{table}:{row}" for table, rows in each.rows.items() for row in rows)
    told = {
        "role": each.role,
        "count": each.count,
        "rows": rows,
        "handling": "; ".join(link.handling),
    }
    if not each.exhibit:
        # Of a case that is a pointer: that it has the thing, and no more.
        bare = {"role": "", "count": "", "rows": "", "handling": told["handling"]}
        yield Edge(link.key, _id("case", each.case), "known-to", bare)
        return
    yield Edge(link.key, _id("exhibit", *each.place), "seen-on", told)
    for account in each.accounts:
        yield Edge(link.key, _id("account", account), "seen-with", told)


def _id(kind: str, *parts: str) -> str:
    """A name that no other node has: the number of a case may hold slashes, as its labels may."""
    *before, last = parts
    told = [each.replace("%", "%25").replace("/", "%2F") for each in before]
    return f"{kind}:{'/'.join([*told, last])}"


def _case(facts: Facts, each: Occurrence) -> Node:
    told = {
        "label": each.case,
        "contact": each.contact,
        "handling": "; ".join(facts.marks_of_case(each.case)),
    }
    return Node(_id("case", each.case), "case", told)


def _exhibit(each: Occurrence) -> Iterator[Node]:
    if each.exhibit:
        told = {"label": each.exhibit, "handling": "; ".join(each.handling)}
        yield Node(_id("exhibit", *each.place), "exhibit", told)


def _accounts(each: Occurrence) -> Iterator[Node]:
    for account in each.accounts if each.exhibit else ():
        told = {"label": account, "handling": "; ".join(each.handling)}
        yield Node(_id("account", account), "account", told)


def _thing(link: Link) -> Node:
    told = {
        "label": link.key,
        "known": link.known,
        "grade": link.grade.value,
        "exhibits": link.exhibits,
        "why_not": link.why_not,
        "handling": "; ".join(link.handling),
    }
    return Node(link.key, link.kind.value, told)
