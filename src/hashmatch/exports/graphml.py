"""GraphML, for programs that draw graphs (http://graphml.graphdrawing.org)."""

from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import BinaryIO, Final
from xml.sax.saxutils import escape, quoteattr

from hashmatch.exports.facts import Facts
from hashmatch.exports.graph import EDGE_COLUMNS, NODE_COLUMNS, edges, nodes
from hashmatch.visible import printable

_TYPES: Final = {"known": "boolean", "exhibits": "int", "count": "int"}
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
)


class GraphmlExport:
    """Nodes with their kinds, edges with their roles."""

    suffix = ".graphml"
    of_links = True

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write the nodes as they come, then the edges."""

        def put(text: str) -> None:
            out.write(text.encode("utf-8", "backslashreplace"))

        put(_HEAD)
        for owner, columns in (("node", NODE_COLUMNS[1:]), ("edge", EDGE_COLUMNS[3:])):
            for name in columns:
                kind = _TYPES.get(name, "string")
                put(
                    f'<key id="{owner}-{name}" for="{owner}" attr.name="{name}" '
                    f'attr.type="{kind}"/>\n'
                )
        for name in ("handling", "tool", "at", "record", "head"):
            put(f'<key id="g-{name}" for="graph" attr.name="{name}" attr.type="string"/>\n')
        put('<graph edgedefault="directed">\n')
        told = {
            "handling": "; ".join(facts.handling_of_links),
            "tool": f"hashmatch {facts.tool}",
            "at": facts.at,
            "record": facts.record,
            "head": facts.head,
        }
        put(_data("g", told.items()))
        for node in nodes(facts):
            data = _data("node", [("kind", node.kind), *node.told.items()])
            put(f"<node id={_attribute(node.id)}>{data}</node>\n")
        numbers = count(1)
        for edge in edges(facts):
            data = _data("edge", [("kind", edge.kind), *edge.told.items()])
            ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
            put(f'<edge id="e{next(numbers)}" {ends}>{data}</edge>\n')
        put("</graph>\n</graphml>\n")
        return Counter()


def _data(owner: str, told: Iterable[tuple[str, object]]) -> str:
    return "".join(
        f'<data key="{owner}-{name}">{_text(value)}</data>'
        for name, value in told
        if value not in ("", None)
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return escape(printable(str(value)))


def _attribute(value: str) -> str:
    return quoteattr(printable(value))
