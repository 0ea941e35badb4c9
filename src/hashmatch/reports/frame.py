"""What every page for people begins with: no script, no picture, no request, one style."""

from importlib.resources import files
from typing import Final

from hashmatch.markup import Markup, joined, tag

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def opening(title: str, style: str = "") -> Markup:
    """The head of a page, and the beginning of its body.

    Args:
        title: of the page.
        style: of this page, beside that of all.
    """
    shared = files("hashmatch.reports").joinpath("page.css").read_text(encoding="utf-8")
    return joined(
        Markup('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'),
        Markup('<meta name="viewport" content="width=device-width">\n'),
        Markup('<meta name="color-scheme" content="light">\n'),
        tag("title", title),
        Markup(f"\n<style>\n{shared}{style}</style></head><body><main>"),
    )


def section(anchor: str, title: str, count: int | None = None) -> Markup:
    """The heading of a part, with the number of what is in it."""
    number = "" if count is None else tag("span", f"{count:,}", class_="count")
    return tag("h2", title, " ", number, id=anchor)
