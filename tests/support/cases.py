"""Kept files of faults that users met, each folder with the hashes that are right."""

import csv

from hashmatch.model.hash import Hash
from tests.support.places import FIXTURES

CASES = FIXTURES / "cases"


def case(folder: str, name: str) -> bytes:
    return (CASES / folder / name).read_bytes()


def known(folder: str) -> dict[str, Hash]:
    """The right hashes of a folder, by their ids."""
    with (CASES / folder / "known.csv").open(newline="") as file:
        return {row["id"]: Hash.parse(f"pdq:{row['pdq']}") for row in csv.DictReader(file)}
