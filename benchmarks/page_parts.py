"""What pages that show photographs are put together from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

_TEXT: Final = (
    "yesterday we went along the river and it was still cold but quiet there are more of these "
    "when do you come back I have not seen it since March please call me later about the house "
    "price on request new in stock delivery within two days see all reviews answer share save"
)
_WORDS: Final = _TEXT.split()


@dataclass
class Page:
    """What a page is made with.

    Attributes:
        photos: gives the number and file of the next photo to show.
        chance: decides texts, sizes and angles.
        width: of the window, in CSS pixels.
        height: likewise.
    """

    photos: Iterator[tuple[int, Path]]
    chance: np.random.Generator
    width: int
    height: int

    def photo(self, css: str = "", *, box: str = "") -> str:
        """The next photo; in a box of its own where a style for one is given."""
        number, path = next(self.photos)
        image = f'<img data-photo="{number}" src="{path.resolve().as_uri()}" style="{css}">'
        return f'<div style="{box}">{image}</div>' if box else image

    def cut(self, wide: int, tall: int, css: str = "") -> str:
        """The next photo, cut to fit a place of so many CSS pixels."""
        return self.photo(f"width:{wide}px;height:{tall}px;object-fit:cover;{css}")

    def text(self, least: int, most: int) -> str:
        """Some words."""
        count = int(self.chance.integers(least, most + 1))
        return " ".join(self.chance.choice(_WORDS, count)).capitalize()

    def pick(self, *given: str) -> str:
        """One of these."""
        return given[int(self.chance.integers(len(given)))]

    def angle(self, most: float) -> str:
        """A CSS rotation of at least a degree, to either side."""
        degrees = self.chance.uniform(1, most) * (1 if self.chance.random() < 0.5 else -1)
        return f"transform:rotate({degrees:.1f}deg);"

    @property
    def is_narrow(self) -> bool:
        """Whether it is a telephone."""
        return self.width < 600


BASE: Final = (
    "*{box-sizing:border-box}body{margin:0;font:15px/1.4 sans-serif;overflow:hidden;height:100vh}"
    "img{display:block}.row{display:flex;gap:12px}p{margin:6px 0}small{color:#888}"
)
COVER: Final = "width:100%;height:100%;object-fit:cover;"


def bar(text: str, colour: str = "#075e54", ink: str = "#fff") -> str:
    return f'<div style="background:{colour};color:{ink};padding:14px 16px">{text}</div>'


def grid(page: Page, columns: int, gap: int, ratio: str = "1/1", radius: int = 0) -> str:
    rows = int(page.height / (page.width / columns)) + 1
    cells = "".join(
        page.photo(f"width:100%;aspect-ratio:{ratio};object-fit:cover;border-radius:{radius}px;")
        for _ in range(rows * columns)
    )
    return (
        f'<div style="display:grid;grid-template-columns:repeat({columns},1fr);gap:{gap}px">'
        f"{cells}</div>"
    )


def avatar(page: Page, side: int) -> str:
    return page.photo(f"width:{side}px;height:{side}px;object-fit:cover;border-radius:50%;")


def cards(page: Page, columns: int, ratio: str, *, radius: int, words: int) -> str:
    wide = page.width / columns
    rows = int(page.height / (wide * 1.1)) + 1
    cells = "".join(
        '<div style="border:1px solid #ddd;border-radius:'
        f'{radius}px;overflow:hidden;background:#fff">'
        f"{page.photo(f'width:100%;aspect-ratio:{ratio};object-fit:cover;')}"
        f'<p style="padding:4px 10px">{page.text(words // 2, words)}</p></div>'
        for _ in range(rows * columns)
    )
    return (
        '<div style="background:#f5f5f5;height:100vh;padding:12px;display:grid;align-content:start;'
        f'gap:12px;grid-template-columns:repeat({columns},1fr)">{cells}</div>'
    )
