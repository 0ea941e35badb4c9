"""The order of a triage: everything once, the likeliest first."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.scanning.triage import triage as module
from hashmatch.scanning.triage.triage import Triage
from hashmatch.sources.base import Found


class Glances:
    """Answers after some questions; what is known is told by the name."""

    def __init__(self, delay: int = 0) -> None:
        self.asked: list[Found] = []
        self._open: list[Found] = []
        self._delay = delay

    @property
    def waiting(self) -> int:
        return len(self._open)

    def ask(self, video: Found, /) -> None:
        self.asked.append(video)
        self._open.append(video)

    def met(self) -> Iterator[Found]:
        if self._delay and self._open:
            self._delay -= 1
            return
        while self._open:
            found = self._open.pop(0)
            if "known" in found.path:
                yield found


def file(path: str, size: int = 200_000, day: str = "2024-05-01") -> Found:
    return Found(path, path, size=size, times={"modified": f"{day}T10:00:00"}, within=path)


def order(triage: Triage, files: Iterable[Found], glances: Glances | None = None) -> list[str]:
    held = list(files)
    triage.survey(held)
    ordered = triage.ordered(lambda: iter(held), glances or Glances())
    return [each.path for each in ordered if each is not None]


def test_likely_places_come_before_unlikely_ones() -> None:
    paths = [
        "Windows/a.jpg",
        "Windows/b.dll",
        "home/a.jpg",
        "DCIM/a.jpg",
        "Download/a.jpg",
    ]
    assert order(Triage(), map(file, paths)) == [*reversed(paths[2:]), *paths[:2]]


def test_of_two_alike_the_smaller_and_the_newer_one_comes_first() -> None:
    small, large = file("x/a.jpg", 100_000), file("x/b.jpg", 5_000_000)
    assert order(Triage(), [large, small]) == ["x/a.jpg", "x/b.jpg"]
    new = file("x/n.jpg", day="2024-05-01")
    old, unknown = file("x/o.jpg", day="2001-01-01"), file("x/u.jpg", day="")
    assert order(Triage(), [old, unknown, new])[0] == "x/n.jpg"


def test_one_clock_that_is_wrong_makes_no_file_old() -> None:
    files = [file(f"x/{number}.jpg") for number in range(200)]
    triage = Triage()
    ahead = file("x/ahead.jpg", day="2099-01-01")
    assert len(order(triage, [*files, ahead])) == 201
    assert triage._age(module._day(files[0].times)) == triage.weights.of_level["age month"]


def test_videos_are_glanced_at_and_those_that_are_met_come_at_once() -> None:
    videos = [file(f"DCIM/{number}.mp4", 40_000_000) for number in range(5)]
    known = file("DCIM/known.mp4", 40_000_000)
    others = [file(f"home/{number}.jpg") for number in range(20)]
    glances = Glances(delay=3)
    found = order(Triage(), [*videos, known, *others], glances)
    assert Counter(found) == Counter(each.path for each in [*videos, known, *others])
    assert len(glances.asked) == 6
    assert found.index("DCIM/known.mp4") < min(found.index(each.path) for each in videos)


def test_what_cannot_be_read_is_not_glanced_at() -> None:
    glances = Glances()
    link = Found("a.mp4", "a.mp4", Unreadable(Reason.SYMBOLIC_LINK, ""), within="a.mp4")
    assert order(Triage(), [link], glances) == ["a.mp4"]
    assert not glances.asked


@pytest.mark.parametrize("kind", ["a source", "files that are given once"])
@pytest.mark.parametrize("held", [7, 1000])
def test_nothing_is_left_out_or_given_twice(
    held: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = kind == "a source"
    monkeypatch.setattr(module, "_SORTED", held)
    monkeypatch.setattr(module, "_WALKS", 3)
    chance = random.Random(5)
    folders = ["DCIM", "Windows", "Download", "x", "WhatsApp/Media"]
    endings = ["jpg", "mp4", "txt", "zip", ""]
    files = [
        file(
            f"{chance.choice(folders)}/{number}{chance.choice(['', 'known'])}"
            f".{chance.choice(endings)}",
            chance.randrange(10**7),
            chance.choice(["2024-05-01", "2019-01-01", ""]),
        )
        for number in range(200)
    ]
    triage = Triage()
    triage.survey(files if again else iter(files))
    # A source that can be read once is held; of others files may change between two walks.
    walks = iter([files[1:], files])
    walk = (lambda: iter(next(walks, files))) if again else (lambda: iter([]))
    glances = Glances(delay=4)
    given = [each.path for each in triage.ordered(walk, glances) if each is not None]
    assert Counter(given) == Counter(each.path for each in files)


def test_a_share_of_the_work_ends_it_and_the_rest_is_counted() -> None:
    files = [file(f"DCIM/{number}.jpg") for number in range(60)]
    files += [file(f"Windows/{number}.jpg") for number in range(40)]
    triage = Triage(share=0.095)
    given = order(triage, files)
    assert len(given) == 10
    for each in files:
        if each.path in given:
            triage.given(each)
    assert triage.unread["unread_files"] == {"camera": 50, "programs": 40}
    assert "90 of 100 files were not read yet" in str(triage.unread["notices"])
    whole = Triage(share=0.999)
    assert len(order(whole, files[:3])) == 3
    for each in files[:3]:
        whole.given(each)
    assert whole.unread == {}
