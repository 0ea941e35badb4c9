"""Every format knows its own files, and no two claim the same."""

from pathlib import Path

import pytest

from hashmatch import registry
from hashmatch.hashlists.base import HEAD
from hashmatch.hashlists.reading import read_list
from tests.support import json_list_seeds, text_list_seeds, tool_list_seeds

SEEDS = {**json_list_seeds.SEEDS, **text_list_seeds.SEEDS, **tool_list_seeds.SEEDS}

_ALSO = {
    "icse": ["csv"],
    "nsrl-text": ["csv"],
    "hashkeeper": ["csv"],
    "encase": ["csv"],
    "sleuthkit": ["nsrl"],
    "threatexchange/legacy": ["pdq-photo-hasher"],
}
"""What else could read a file, or every file of a format: the registry has these later."""


@pytest.mark.parametrize("name", SEEDS)
def test_a_file_is_of_one_format(name: str, tmp_path: Path) -> None:
    data = SEEDS[name]
    path = tmp_path / "list"
    path.write_bytes(data)
    claimed = [
        form for form in registry.names("lists") if registry.load("lists", form).detect(data[:HEAD])
    ]
    known = read_list(path)
    # Keys of digests may be anybody's: only a guess.
    others = [form for form in claimed if form == known.format or form != "json-objects"]
    assert others == [known.format, *_ALSO.get(name, _ALSO.get(known.format, []))]
    assert name.startswith(known.format.partition("-")[0])


def test_every_format_has_a_seed(tmp_path: Path) -> None:
    found = set()
    for number, data in enumerate(SEEDS.values()):
        (tmp_path / str(number)).write_bytes(data)
        found.add(read_list(tmp_path / str(number)).format)
    assert found == set(registry.names("lists"))
