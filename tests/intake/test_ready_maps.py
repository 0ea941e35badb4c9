"""Each ready map recognises the tables that it is for, and no other one."""

from pathlib import Path

import pytest

from hashmatch.errors import IntakeError
from hashmatch.intake import units
from hashmatch.intake.maps import ready_maps
from hashmatch.model.event import Event
from tests.support.ready_tables import CELLEBRITE, EXAMPLES, MD5, Example

HASHED = {"gleapp-files", "gleapp-files-json", "zeek-files", "zeek-files-before-5.1"}


def told(event: Event) -> tuple[str, str, str, str, str, str]:
    return (
        event.kind.value,
        event.role.value,
        " ".join(map(str, event.identifiers)),
        " ".join(map(str, event.counterparts)),
        event.name,
        event.moment.earliest.isoformat() if event.moment else "",
    )


def test_every_ready_map_has_an_example() -> None:
    assert set(EXAMPLES) == set(ready_maps())


@pytest.mark.parametrize(("name", "example"), EXAMPLES.items(), ids=EXAMPLES)
def test_a_table_of_a_ready_map(name: str, example: Example, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(example.data)
    (unit,) = units(tmp_path / "t", format=example.format)
    assert unit.header.format == name
    (event,) = unit.records()
    assert isinstance(event, Event)
    assert told(event) == example.told
    assert (event.digests.md5 == MD5) == (name in HASHED | {"digests-seen", "hashes-seen"})
    assert not [note for note in unit.notes if "fewer cells" not in note]


def test_dates_of_which_day_and_month_cannot_be_told_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "t").write_text(CELLEBRITE.replace("|", "\t") + "\n")
    with pytest.raises(IntakeError, match="cellebrite-chats-dmy and cellebrite-chats-mdy"):
        list(units(tmp_path / "t"))


def test_a_ready_map_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("a\n")
    with pytest.raises(IntakeError, match="there is no ready map 'x'; there is aleapp-calls"):
        list(units(tmp_path / "t", format="x"))


def test_the_documentation_names_every_ready_map() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/imports.md").read_text(encoding="utf-8")
    missing = [
        name for name, each in ready_maps().items() if f"`{name}` | {each.title}" not in page
    ]
    assert missing == []
