"""Marks of TLP 2.0 are told from own words, and the strictest of several stands in front."""

import pytest

from hashmatch.model.handling import LONGEST, TLP, mark_of, strictest


def test_marks_of_tlp_are_written_in_one_way_and_own_words_stay() -> None:
    assert [mark_of(each.lower()) for each in TLP] == [*TLP]
    assert mark_of("TLP: amber + strict") == "TLP:AMBER+STRICT"
    assert mark_of("tlp:white") == "TLP:CLEAR"
    assert mark_of(" VS-NfD ") == "VS-NfD"


@pytest.mark.parametrize(
    "words",
    ["", "  ", "TLP:PINK", "tlp", "TLP-RED", "TLP:RED, please", "x" * (LONGEST + 1), "\x1b"],
)
def test_what_only_looks_like_a_mark_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="mark"):
        mark_of(words)


def test_the_strictest_counts_and_no_own_word_is_lost() -> None:
    # The order of FIRST's standard, written out: each is stricter than all behind it.
    order = ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]
    for number, mark in enumerate(order):
        assert strictest(reversed(order[number:])) == (mark,)
    assert strictest(["b", "TLP:CLEAR", "a", ""]) == ("TLP:CLEAR", "a", "b")
    assert strictest([]) == ()
