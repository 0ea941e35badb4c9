"""Readers of archives that a file took over, and archives that change while they are read."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.files.digesting import Digester
from hashmatch.model import ScanResult
from hashmatch.scanning.digested import DigestFiles
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.sources.folder import Folder
from tests.support.archives import zipped
from tests.support.photos import encoded, photo

KNOWN = encoded(photo("astronaut").resize((160, 120)), "JPEG", quality=90)
OTHER = encoded(photo("coffee").resize((160, 120)), "JPEG", quality=90)


def digests_of(data: bytes) -> list[str | None]:
    digester = Digester()
    digester.update(data)
    value = digester.value()
    return [value.md5, value.sha1, value.sha256]


@dataclass(frozen=True, slots=True)
class Lying(ExpandFiles):
    """A reader that says something else of what lies in a file."""

    lies: Mapping[str, object] = field(
        default_factory=lambda: {"digests": digests_of(KNOWN), "size": len(KNOWN)}
    )

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        for each in ExpandFiles.stream(self, payload, on_progress, safe=safe):
            size = int.from_bytes(each[:4], "big")
            said = json.loads(each[4 : 4 + size]) if each[:1] != b"{" else {}
            if "steps" not in said:
                yield each
                continue
            header = json.dumps({**said, **self.lies}).encode()
            yield len(header).to_bytes(4, "big") + header + each[4 + size :]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Evidence with an archive, and behind it a file that is known."""
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.zip").write_bytes(zipped([("x.jpg", OTHER)]))
    (tmp_path / "evidence" / "b.jpg").write_bytes(KNOWN)
    (tmp_path / "known.csv").write_text(f"id,pdq\nx,{hm.hash_image(KNOWN).hash.hex}\n")
    return tmp_path


def scanned(lab: Path) -> dict[str, ScanResult]:
    results = hm.iter_scan(lab / "evidence", against=lab / "known.csv", workers=1)
    return {each.item.locator.removeprefix(f"{lab}/evidence/"): each for each in results}


def test_a_reader_gives_no_other_file_the_hashes_of_what_lies_in_its_own(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scanned(lab)
    assert whole["b.jpg"].matches
    monkeypatch.setattr("hashmatch.scanning.inside_files.ExpandFiles", Lying)
    found = scanned(lab)
    assert found["b.jpg"] == whole["b.jpg"]
    why = found["a.zip"].item.unreadable
    assert why is not None
    assert why.reason is Reason.WORKER_DIED


@pytest.mark.parametrize("how", ["written", "replaced"])
def test_an_archive_that_changes_while_it_is_read_says_so(lab: Path, how: str) -> None:
    path = lab / "evidence" / "a.zip"
    path.write_bytes(zipped([(f"{number}.txt", str(number).encode()) for number in range(9)]))
    digest, expand = DigestFiles(searches=True), ExpandFiles()
    found = next(iter(Folder(path)))
    digested = digest.result(found, digest.perform(digest.payload(found), lambda _: None))
    parts = expand.stream(expand.payload(digested), lambda _: None, safe=False)
    for _ in range(4):
        why = expand.part(digested, next(parts))[1].problem
        assert why is None or why.reason is Reason.NOT_A_PICTURE
    if how == "written":
        with path.open("r+b") as file:
            file.write(b"PK\3\4")
            os.utime(file.fileno(), (1, 1))
    else:
        (lab / "new").write_bytes(zipped([("y.jpg", KNOWN)]))
        (lab / "new").replace(path)
    *_, answer = parts
    why = expand.result(digested, answer).problem
    assert why is not None
    assert why.reason is Reason.CHANGED
