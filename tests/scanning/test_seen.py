"""Texts that were met: as a set says it, in a fraction of its memory."""

import random
import tracemalloc

from hashmatch.scanning.seen import Seen


def test_it_says_what_a_set_says() -> None:
    chance = random.Random(4)
    seen, expected = Seen(), set[str]()
    for _ in range(20_000):
        text = f"zip:{chance.randrange(9000)}:a"
        assert seen.add(text) is (text not in expected)
        expected.add(text)
        assert len(seen) == len(expected)


def test_it_takes_at_most_24_bytes_for_each() -> None:
    seen = Seen()
    tracemalloc.start()
    for number in range(100_000):
        seen.add(str(number))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 24 * 100_000 + 10_000
