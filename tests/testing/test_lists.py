"""Every format of hash lists passes the check, and broken ones do not."""

from collections.abc import Iterator

import pytest

from hashmatch import registry
from hashmatch.hashlists.base import ListFile, Quarantined, Row
from hashmatch.hashlists.plain import PlainFormat
from hashmatch.model import Entry
from hashmatch.model.confidence import Confidence
from hashmatch.testing import check_list_format
from tests.support import json_list_seeds, text_list_seeds, tool_list_seeds

SEEDS = {**json_list_seeds.SEEDS, **text_list_seeds.SEEDS, **tool_list_seeds.SEEDS}
PLAIN = b"0123456789abcdef0123456789abcdef\n"


def formats() -> dict[str, str]:
    """A seed of each format, by the format's name."""
    found: dict[str, str] = {}
    for name in SEEDS:
        found.setdefault(name.partition("/")[0], name)
    return {name: seed for name, seed in found.items() if name in registry.built_in("lists")}


@pytest.mark.parametrize("name", formats())
def test_ours_pass(name: str) -> None:
    check_list_format(registry.load("lists", name), SEEDS[formats()[name]])


def test_there_is_an_example_of_most_formats() -> None:
    assert set(registry.built_in("lists")) - set(formats()) <= {"nsrl", "json-objects"}


class Untitled(PlainFormat):
    title = ""


class Greedy(PlainFormat):
    def detect(self, head: bytes) -> Confidence:
        assert isinstance(head, bytes)
        return Confidence.STRUCTURE


class Empty(PlainFormat):
    def read(self, file: ListFile) -> Iterator[Row]:
        yield from (row for row in super().read(file) if not isinstance(row, Entry))


class Raising(PlainFormat):
    def read(self, file: ListFile) -> Iterator[Row]:
        with file.open() as opened:
            opened.read().decode("ascii")[31]
        yield from super().read(file)


class Telling(PlainFormat):
    def read(self, file: ListFile) -> Iterator[Row]:
        yield from super().read(file)
        yield Quarantined(1, f"not understood: {PLAIN.decode()}")


@pytest.mark.parametrize("broken", [Untitled, Greedy, Empty, Raising, Telling])
def test_a_broken_format_is_refused(broken: type[PlainFormat]) -> None:
    check_list_format(PlainFormat(), PLAIN)
    with pytest.raises(AssertionError):
        check_list_format(broken(), PLAIN)
