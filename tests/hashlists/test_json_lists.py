"""What all JSON formats must do alike."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch import registry
from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import About, Quarantined, Withdrawn
from hashmatch.hashlists.reading import read_list
from hashmatch.model import Entry
from tests.support.json_list_seeds import SEEDS, InMemory

FORMS = ("jsonl", "vics", "stopncii", "tat", "threatexchange-json", "vpdq-json", "json-objects")


def form_of(seed: str) -> str:
    return next(form for form in FORMS if seed.startswith(form))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_file_is_recognised_by_its_content_and_read_whole(seed: str, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(SEEDS[seed])
    known = read_list(path)
    assert known.format == form_of(seed)
    assert len(known.entries)
    assert not known.quarantined


@pytest.mark.parametrize("seed", SEEDS)
def test_only_one_of_the_formats_claims_it(seed: str) -> None:
    claims = {form for form in FORMS if registry.load("lists", form).detect(SEEDS[seed])}
    # Objects with keys of digests may be anybody's: only a guess.
    assert claims - {"json-objects"} == {form_of(seed)} - {"json-objects"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cut_gives_rows_and_loses_nothing_silently(seed: str) -> None:
    form: Any = registry.load("lists", form_of(seed))
    data = SEEDS[seed]
    whole = [row for row in form.read(InMemory(data)) if isinstance(row, Entry | Withdrawn)]
    for end in range(0, len(data) - 1, 7):
        try:
            rows = list(form.read(InMemory(data[:end])))
        except ListFormatError:
            continue
        found = [row for row in rows if isinstance(row, Entry | Withdrawn)]
        told = any(isinstance(row, Quarantined) for row in rows)
        assert len(found) <= len(whole)
        if (
            form_of(seed) != "jsonl"
            and len(found) < len(whole)
            and data[:end].strip(b'\xff\xfe\0[{" ')
        ):
            assert told


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
def test_damaged_files_give_rows_or_are_refused(form: str, data: st.DataObject) -> None:
    reader: Any = registry.load("lists", form)
    text = bytearray(SEEDS[data.draw(st.sampled_from([*SEEDS]))])
    pieces = st.binary(max_size=9) | st.sampled_from([bytes([mark]) for mark in b'"{}[],:\\\n'])
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 9))] = data.draw(pieces)
    reader.detect(bytes(text))
    try:
        for row in reader.read(InMemory(bytes(text))):
            assert isinstance(row, Entry | Quarantined | Withdrawn | About)
    except ListFormatError:
        assert form == "jsonl"


@pytest.mark.parametrize("form", FORMS)
@given(text=st.binary(max_size=300))
def test_any_bytes_give_rows_or_are_refused(form: str, text: bytes) -> None:
    reader: Any = registry.load("lists", form)
    reader.detect(text)
    try:
        list(reader.read(InMemory(text)))
    except ListFormatError:
        assert form == "jsonl"
