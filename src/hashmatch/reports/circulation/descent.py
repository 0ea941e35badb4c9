"""Copies of one picture or video as a tree: which was likely made from which, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, joined, tag
from hashmatch.reports.circulation.linked import rarity
from hashmatch.reports.circulation.names import ask, key, marks, name, place
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.tracing.lineage import Copy, Descent, Reason
    from hashmatch.tracing.reported import Lineage
    from hashmatch.tracing.values import Link

_REASONS: Final = 3
_PLACES: Final = 3
_DEEPEST: Final = 12


def lineage(found: "Lineage", link: "Link") -> Markup:
    """The copies of one thing."""
    first = found.candidates[0]
    nearest = "Which copy is nearest to the source cannot be told."
    if found.told:
        nearest = (
            f"Likely nearest to the source: copy {first.copy} (confidence "
            f"{_share(first.confidence)})."
        )
    return joined(
        Markup('<section class="thing">'),
        tag("h3", key(found.link)),
        tag(
            "p",
            rarity(link.exhibits, link.of),
            f"; {number_of(found.compared, 'copy', 'copies')} compared",
            class_="soft",
        ),
        tag("p", tag("b", nearest)),
        marks(found.handling),
        _reasons(first.reasons) if found.told else "",
        *_Tree(found).drawn(),
        *_not_compared(found),
        Markup("</section>"),
    )


def _not_compared(found: "Lineage") -> Iterator[Markup]:
    told: list[Markup] = []
    if more := found.compared - len(found.copies):
        told.append(joined(f"{number_of(more, 'more copy', 'more copies')} compared, not drawn"))
    if found.left_out:
        told.append(joined(f"{number_of(found.left_out, 'copy', 'copies')} not compared"))
    told += [
        joined(place(each.case, ""), " has copies that are not compared: ", ask(each.contact))
        for each in found.elsewhere
    ]
    if told:
        yield tag("ul", *(tag("li", each) for each in told), class_="told")


class _Tree:
    """A tree in the making."""

    def __init__(self, found: "Lineage") -> None:
        self._found = found
        self._copies: Mapping[int, Copy] = {each.number: each for each in found.copies}
        self._children: dict[int | None, list[Descent]] = {}
        self._unclear: list[Descent] = []
        for each in found.descents:
            if each.told:
                self._children.setdefault(each.parent, []).append(each)
            else:
                self._unclear.append(each)
        self._drawn: set[int] = set()

    def drawn(self) -> Iterator[Markup]:
        """All copies, each once."""
        roots = self._children.get(None, [])
        siblings = [each for each in roots if each.child in self._found.siblings]
        alone = [each for each in roots if each.child not in self._found.siblings]
        if alone:
            yield self._list("Made from none of the others", alone)
        if siblings:
            lost = (
                "Made from copies that are not on record: siblings of a lost parent, or of several"
            )
            yield self._list(lost, siblings, "lost")
        if self._unclear:
            yield self._list("What these were made from cannot be told", self._unclear)
        # Of a parent that is not shown, the children are.
        others = [each for each in self._found.descents if each.child not in self._drawn]
        if others:
            yield self._list("Made from copies that are not drawn here", others)

    def _list(self, title: str, several: "Sequence[Descent]", class_: str = "") -> Markup:
        nodes = [each for each in (self._node(one, 0) for one in several) if each]
        head = tag("p", title, class_="kind")
        return joined(head, tag("ul", *nodes, class_=f"tree {class_}".strip()))

    def _node(self, descent: "Descent", depth: int) -> Markup | str:
        if descent.child in self._drawn or depth > _DEEPEST:
            return ""
        self._drawn.add(descent.child)
        below = [self._node(each, depth + 1) for each in self._children.get(descent.child, [])]
        inner = [each for each in below if each]
        return tag(
            "li",
            tag("b", f"Copy {descent.child}"),
            tag("span", _how(descent), class_="soft"),
            *_facts(self._copies[descent.child]),
            _reasons(descent.reasons) if descent.told else "",
            tag("ul", *inner) if inner else "",
        )


def _how(descent: "Descent") -> str:
    """What a copy was likely made from, in words."""
    if not descent.told:
        return ""
    sure = f" (confidence {_share(descent.confidence)})"
    if descent.parent is None:
        return sure
    told = [f" likely made from copy {descent.parent}{sure}"]
    if descent.ratio is not None:
        told.append(f"{descent.ratio:.0%} of its pixels")
    if descent.distance is not None:
        told.append(f"{number_of(descent.distance, 'bit')} away")
    if descent.turned not in ("", "upright"):
        told.append(descent.turned)
    return ", ".join(told)


def _share(confidence: float) -> str:
    """A confidence; nothing here is certain."""
    return f"{min(confidence, 0.99):.0%}"


def _facts(copy: "Copy") -> Iterator[Markup]:
    """What a copy is, and where it lies."""
    told = [f"{copy.width} × {copy.height} pixels", f"{copy.size:,} bytes"]
    if copy.duration is not None:
        told.append(f"{copy.duration:.1f} s")
    words = [name(each) for each in (copy.format, copy.codec, copy.encoder) if each]
    yield tag("small", ", ".join(told), *(joined(", ", each) for each in words))
    places = [*dict.fromkeys(each.place for each in copy.occurrences)]
    named = [place(*each) for each in places[:_PLACES]]
    if left := len(places) - len(named):
        named.append(joined(f"{number_of(left, 'more exhibit')}"))
    yield tag("small", *(joined("; " if at else "in ", each) for at, each in enumerate(named)))


def _reasons(found: "Sequence[Reason]") -> Markup | str:
    """What speaks for it most, and against it."""
    if not found:
        return ""
    words = (
        joined(f"{'for it' if each.weight > 0 else 'against it'}: ", name(each.words))
        for each in found[:_REASONS]
    )
    parts = (joined("; " if at else "", each) for at, each in enumerate(words))
    return tag("small", *parts, class_="why")
