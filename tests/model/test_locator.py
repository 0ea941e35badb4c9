"""Locators: text and plain values that lead back to the same place, each to one place alone."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hashmatch.model.locator import File, FileObject, Locator, Member, Page, Range, Step, Volume

# Names as file systems and archives have them: also undecodable bytes and halves of characters.
NAMES = st.text(
    st.one_of(
        st.sampled_from("a!%:/\\@+-1 é\n\x00\x7f\x85\u2028\u202e\udc80\udcff\ud800\U0001f600"),
        st.characters(exclude_categories=()),
        st.sampled_from("zip:1!x"),
    ),
    max_size=12,
)
WORDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(
    lambda each: each not in ("page", "range")
)
NUMBERS = st.integers(0, 1 << 64)
INNER = st.one_of(
    st.builds(Volume, WORDS, NUMBERS, NUMBERS),
    st.builds(FileObject, WORDS, NUMBERS, NUMBERS, NUMBERS, NAMES),
    st.builds(Range, NUMBERS, NUMBERS),
    st.builds(Member, WORDS, NUMBERS, NAMES),
    st.builds(Page, NUMBERS, NUMBERS),
)
LOCATORS = st.builds(
    lambda path, further: Locator((File(path), *further)), NAMES, st.lists(INNER, max_size=4)
)
TEXTS = st.one_of(
    LOCATORS.map(str),
    NAMES,
    st.tuples(LOCATORS.map(str), NAMES).map("".join),
    st.lists(
        st.sampled_from(
            ["a", "!", "zip:1:", "file:", "%21", "%41", "%uD83D", "page:2:1", "gpt:1@5"]
        )
    ).map("".join),
)


def is_halves(text: str) -> bool:
    """Whether it holds two halves of one character, which no name in Python has beside another."""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass") != text


@given(LOCATORS)
def test_value_to_text_to_value(locator: Locator) -> None:
    if any(is_halves(str(value)) for step in locator.to_list() for value in step.values()):
        return
    assert Locator.parse(str(locator)) == locator
    assert Locator.from_list(json.loads(json.dumps(locator.to_list()))) == locator


@given(TEXTS)
@example("a!zip:1:b")
@example("file:a%21zip:1:b")
@example("a%21b!zip:1:c")
@example("a!zip:1:%41")
@example("file:file:x!zip:1:y")
def test_text_to_value_to_text(text: str) -> None:
    try:
        locator = Locator.parse(text)
    except ValueError:
        return
    assert str(locator) == text


@given(st.lists(LOCATORS, max_size=20))
def test_no_two_places_share_a_text(locators: list[Locator]) -> None:
    by_text = {str(each): each for each in locators}
    assert all(by_text[str(each)] == each for each in locators)


@given(LOCATORS.filter(lambda each: each.depth > 0))
def test_a_chain_is_one_line_that_can_be_read(locator: Locator) -> None:
    text = str(locator)
    assert text.isprintable()
    assert text.count("!") == locator.depth


@pytest.mark.parametrize(
    "path", ["photo.jpg", "a b/ü.jpg", "100%.jpg", "wow!.jpg", "/x/\udcff", "!"]
)
def test_a_plain_file_keeps_its_path(path: str) -> None:
    assert str(Locator((File(path),))) == path


def test_as_people_read_them() -> None:
    steps: tuple[Step, ...] = (
        File("exhibits/7.E01"),
        Volume("gpt", 2, 1048576),
        FileObject("ntfs", 155, 128, 4, "/Users/é x/mail.zip"),
        Member("zip", 3, "in%box!.eml"),
        Range(4096, 20000),
    )
    locator = Locator(steps)
    assert str(locator) == (
        "exhibits/7.E01!gpt:2@1048576!ntfs:155-128-4:/Users/é x/mail.zip!zip:3:in%25box%21.eml"
        "!range:4096+20000"
    )
    assert locator.name == "in%box!.eml"
    assert locator.parent == Locator(steps[:-1])
    assert locator.parent.inside(Range(4096, 20000)) == locator
    assert Locator(steps[:1]).parent is None


@pytest.mark.parametrize(
    "step",
    [File("b"), Member("Zip", 1), Member("a!b", 1), Range(-1, 5), Member("page", 1), Member("", 1)],
)
def test_a_step_that_cannot_be_written_is_refused(step: Step) -> None:
    with pytest.raises(ValueError, match="locator"):
        Locator((File("a"), step))


@pytest.mark.parametrize(
    "values",
    [
        [],
        [{"step": "member", "container": "zip", "number": 1, "name": "x"}],
        [{"step": "file", "path": "a"}, {"step": "file", "path": "b"}],
        [{"step": "file", "path": 1}],
        [{"step": "file", "path": "a"}, {"step": "page", "page": 1}],
        [{"step": "file", "path": "a"}, {"step": "page", "page": True, "picture": 1}],
        [{"step": "door", "path": "a"}],
    ],
)
def test_what_is_no_chain_is_refused(values: list[dict[str, str | int]]) -> None:
    with pytest.raises(ValueError, match="locator"):
        Locator.from_list(values)  # type: ignore[arg-type]
