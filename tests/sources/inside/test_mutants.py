"""Damaged archives and documents; `benchmarks/inside.py` reads 2,000 of them."""

from tests.support.mutated_evidence import endure, seeds


def test_damaged_files_of_every_kind_raise_nothing() -> None:
    found = endure(2 * len(seeds()))
    assert found.wrong == []
    assert found.members > 200
    assert found.reasons
