"""Ends with an error if a page of the built site would ask another host for anything.

Links that a reader may follow (`<a href>`) are no requests; scripts, styles and fonts are.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

_FETCHED: Final = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
_ELSEWHERE: Final = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_IN_STYLE: Final = re.compile(
    r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^'\")\s]+)", re.IGNORECASE
)
_IN_SCRIPT: Final = re.compile(r"""(?:fetch|import|open)\(\s*['"`]((?:https?:)?//[^'"`]+)""")


class _Page(HTMLParser):
    """Collects what a browser fetches by itself when it opens a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        value = dict(attrs).get(_FETCHED.get(tag, ""))
        if value and _ELSEWHERE.match(value):
            self.found.append(value)


def requests(site: Path) -> Iterator[tuple[Path, str]]:
    """Every address on another host that a file of the site fetches, with the file."""
    for path in sorted(site.rglob("*")):
        if path.suffix == ".html":
            page = _Page()
            page.feed(path.read_text(encoding="utf-8"))
            yield from ((path, each) for each in page.found)
        elif path.suffix in {".css", ".js"}:
            text = path.read_text(encoding="utf-8")
            pattern = _IN_STYLE if path.suffix == ".css" else _IN_SCRIPT
            yield from ((path, each) for each in pattern.findall(text))


if __name__ == "__main__":
    found = [f"{path}: {address}" for path, address in requests(Path(sys.argv[1]))]
    sys.exit("\n".join(["requests to other hosts:", *found]) if found else 0)
