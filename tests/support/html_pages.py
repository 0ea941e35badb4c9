"""The HTML report, read for tests."""

import io
from html.parser import HTMLParser

from hashmatch.reports.base import CaseReader, Writing
from hashmatch.reports.frame import POLICY
from hashmatch.reports.html import HtmlReport

WRITING = Writing("0.4.0", "2026-03-03T08:00:00Z")

ELEMENTS = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "main", "section", "nav"),
        *("h1", "h2", "h3", "p", "div", "ul", "li", "a", "dl", "dt", "dd"),
        *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
        *("small", "strong", "span", "bdi", "b", "code", "svg", "rect", "line", "text", "polygon"),
        *("defs", "use", "circle"),
    )
)

ATTRIBUTES = frozenset(
    (
        *("lang", "charset", "http-equiv", "content", "name", "id", "class", "href", "role"),
        *(
            "aria-label",
            "scope",
            "colspan",
            "rowspan",
            "data-column",
            "dir",
            "viewbox",
            "width",
            "height",
            "r",
        ),
        *("x", "y", "x1", "y1", "x2", "y2", "text-anchor", "points"),
    )
)

VOID = frozenset(("meta", "col"))


class Page(HTMLParser):
    """A page taken apart, checked on the way."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.metas: list[dict[str, str | None]] = []
        self.text = ""
        self.paths: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert tag in ELEMENTS, tag
        assert found.keys() <= ATTRIBUTES, found
        if tag not in VOID:
            self.open.append(tag)
        if tag == "meta":
            self.metas.append(found)
        if "id" in found:
            self.ids.append(str(found["id"]))
        if "href" in found:
            self.links.append(str(found["href"]))
        if found.get("class") == "path":
            self.paths.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if "bdi" in self.open and self.paths:
            self.paths[-1] += data


def written(database: CaseReader, name: str = "2026-0417") -> str:
    out = io.StringIO()
    lost = HtmlReport().write(database, name, out, writing=WRITING)
    assert not lost
    return out.getvalue()


def harmless(html: str) -> Page:
    """The page, after everything that must hold for every page."""
    lower = html.lower()
    for forbidden in (
        "<img",
        "<script",
        "data:",
        "javascript:",
        "http:",
        "https:",
        "url(",
        "@import",
    ):
        assert forbidden not in lower.replace("content-security-policy", ""), forbidden
    raw = {c for c in html if not (c.isprintable() or c == "\n")}
    assert not raw
    html.encode("utf-8")
    page = Page(html)
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in page.metas
    return page
