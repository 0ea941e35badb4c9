"""`hashmatch show`: single items of the evidence, opened again."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.model.locator import File, Locator
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import WorkerPool
from hashmatch.scanning.reopening import LIMITS, reopen
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sightings.records import ItemRecord
from hashmatch.sources.finding import Finder
from hashmatch.sources.folder import Folder
from hashmatch.sources.inside.opening import InsideOpener
from tests.support import evidence_tree as tree
from tests.support.hostile_values import run


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tree.lab(tmp_path_factory.mktemp("lab"))


@pytest.fixture(autouse=True)
def _here(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lab)
    monkeypatch.delenv("HASHMATCH_DB", raising=False)


def on_record() -> dict[str, ItemRecord]:
    """Every item by the text of its locator."""
    with hm.Database.open("lab.db", read_only=True) as database:
        items = [*database.items(tree.CASE)]
    found = {
        str(each.place.locator if each.place else Locator((File(each.locator),))): each
        for each in items
    }
    assert len(found) == len(items)
    return found


def shown(*words: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the facts as JSON, and what else was printed."""
    code, said = run(("show", *words, "--json"))
    facts = [line for line in said.splitlines() if line.startswith("{")]
    rest = "\n".join(line for line in said.splitlines() if not line.startswith("{"))
    return code, json.loads(facts[0]) if facts else {}, rest


def test_every_item_on_record_is_found_again_with_its_size_and_digests() -> None:
    items = on_record()
    finder = Finder(Folder("evidence"))
    tasks = {}
    for text in items:
        found = finder.find(Locator.parse(text))
        assert found is not None, text
        assert str(found.where) == text
        tasks[found.recorded] = (found, text)
    workers = WorkerPool(count=1, limits=WorkerLimits(), sandbox=Sandbox())
    opener = InsideOpener(limits=LIMITS, passwords=("wrong", tree.SECRET))
    seen = 0
    for each in reopen([found for found, _ in tasks.values()], opener, workers):
        if each is None:
            continue
        found, now = each
        _, text = tasks[found.recorded]
        item = items[text]
        assert (now.size, now.digests) == (item.size, item.digests), found.recorded
        assert now.is_made == (text == tree.MADE)
        seen += 1
    assert seen == len(items) > 60


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize(
    "text", [tree.DEEP, "blob.bin!range:5000+{}", "d.pdf", "sub/line\nbreak.jpg"]
)
def test_what_is_shown_is_what_is_on_record(text: str, relative: bool) -> None:  # noqa: FBT001
    text = text.format(len(tree.pictures()["coffee.jpg"]))
    locator = str(Locator((File(text),))) if "!" not in text else text
    words = (locator, "--source", "evidence") if relative else (f"evidence/{text}",)
    code, facts, rest = shown(*words, "--digest")
    assert code == 0, rest
    item = on_record()[locator]
    assert [facts[name] for name in ("size", "md5", "sha1", "sha256")] == [
        item.size,
        item.digests.md5,
        item.digests.sha1,
        item.digests.sha256,
    ]
    assert facts["kind"] == ("container" if text == "d.pdf" else "picture")


def test_facts_are_printed_and_digests_only_where_they_are_asked_for() -> None:
    code, said = run(("show", f"evidence/{tree.DEEP}"))
    data = tree.pictures()["coffee.jpg"]
    assert code == 0, said
    assert "member 0 of a container (tar): in!n%er.zip" in said
    assert "member 1 of a container (zip): coffee.jpg" in said
    assert "kind     picture (jpeg), by its first bytes" in said
    assert f"size     {len(data):,} bytes" in said
    assert "SHA-256" not in said
    code, said = run(("show", f"evidence/{tree.DEEP}", "--digest"))
    assert f"SHA-256  {hashlib.sha256(data).hexdigest()}" in said


def test_a_picture_made_of_pixels_has_no_bytes_of_its_own() -> None:
    code, facts, _ = shown(f"evidence/{tree.MADE}", "--digest")
    assert code == 0
    assert facts["made_of_pixels"]
    assert (facts["size"], facts["sha256"], facts["kind"]) == (None, None, "picture")


def test_a_name_that_looks_like_a_locator_is_a_file_unless_there_is_such_an_item(
    tmp_path: Path,
) -> None:
    code, facts, rest = shown(f"evidence/{tree.ODD}")
    assert (code, facts["lies_in"], rest) == (0, None, "")
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"no archive")
    both = tmp_path / "a.zip!zip:0:b"
    both.write_bytes(b"a file")
    code, _, rest = shown(str(both))
    assert code == 2
    assert "a file of exactly this name exists too" in rest
    plain = str(Locator((File(str(both)),)))
    assert plain in rest
    code, facts, _ = shown(plain)
    assert (code, facts["size"]) == (0, 6)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("evidence/none",), "there is no file evidence/none"),
        (("evidence/none!zip:0:a",), "there is no file evidence/none"),
        (("evidence/b.7z!nonsense",), "'nonsense' is no step into evidence/b.7z"),
        (("evidence/b.7z!sevenzip:99:x.jpg",), "there is no such item"),
        (("evidence/b.7z!zip:0:astronaut.jpg",), "there is no such item"),
        (("evidence/blob.bin/x",), "there is no file evidence/blob.bin/x"),
        (("evidence/a.zip!zip:0:100%.jpg",), "cannot be read as a locator"),
        (("evidence",), "is a folder"),
        (("",), "LOCATOR"),
        (("../known.csv", "--source", "evidence"), "there is no file ../known.csv"),
        (("evidence/b.7z", "--source", "evidence"), "begins with the path below it"),
        (("b.7z", "--source", "nowhere"), "cannot open"),
        (("evidence/b.7z", "--passwords", "none.txt"), "cannot read none.txt"),
    ],
)
def test_what_is_not_there_is_wrong_use(words: tuple[str, ...], says: str) -> None:
    code, facts, rest = shown(*words)
    assert (code, facts) == (2, {}), rest
    assert says in rest


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (tree.CUT, "truncated"),
        ("locked.7z!sevenzip:0:astronaut.jpg", "encrypted"),
        ("link", "symbolic-link"),
        ("link!sevenzip:0:astronaut.jpg", "symbolic-link"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    code, facts, rest = shown(f"evidence/{text}", "--digest")
    assert (code, facts["reason"]) == (4, reason)
    assert rest.startswith(reason)


def test_passwords_open_what_is_encrypted() -> None:
    words = ("evidence/locked.7z!sevenzip:1:coffee.jpg", "--digest", "--passwords", "words.txt")
    code, facts, rest = shown(*words)
    assert code == 0, rest
    assert facts["sha256"] == hashlib.sha256(tree.pictures()["coffee.jpg"]).hexdigest()


def test_a_missing_reader_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from hashmatch.sources.inside import steps

    monkeypatch.setattr(steps, "is_installed", lambda _: False)
    monkeypatch.setattr("hashmatch.cli.show._WORKERS", 0)
    code, facts, rest = shown("evidence/b.7z!sevenzip:0:astronaut.jpg")
    assert (code, facts["reason"]) == (4, "container")
    assert "pip install '.[archives]' in hashmatch's folder" in rest
