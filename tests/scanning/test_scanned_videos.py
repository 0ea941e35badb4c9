"""Videos from the evidence to the database, through workers."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import ImageOps

import hashmatch as hm
from hashmatch.cli.scan_output import Shown, show_scan
from hashmatch.enrolment import enrol, enrolled_list
from hashmatch.model import Grade, MatchKind
from hashmatch.reports.writing import write_report
from hashmatch.scanning.binding import run_config
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import SourceSpec
from hashmatch.sources.folder import Folder
from tests.support.clips import animation, clip, encoded, pictures
from tests.support.photos import encoded as as_picture

_SECONDS = 13.0


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> hm.HashList:
    folder = tmp_path_factory.mktemp("originals")
    (folder / "film.mp4").write_bytes(clip(seconds=_SECONDS))
    (folder / "moving.gif").write_bytes(animation("GIF"))
    return enrolled_list("LAB", enrol(Folder(folder), scheme="OWN", category="1"))


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    frames = list(pictures(seconds=_SECONDS))
    (folder / "a-copy.doc").write_bytes(clip(seconds=_SECONDS))
    (folder / "b-mirrored.webm").write_bytes(
        clip("webm-vp9", seconds=_SECONDS, change=ImageOps.mirror)
    )
    (folder / "c-cut.avi").write_bytes(encoded(iter(frames[75:225]), "avi", "mpeg4"))
    (folder / "d-other.mp4").write_bytes(clip(seconds=2.0, first=7))
    (folder / "e-damaged.mp4").write_bytes(clip(seconds=_SECONDS)[:4000])
    (folder / "f-still.jpg").write_bytes(as_picture(frames[50].resize((768, 576)), "JPEG"))
    (folder / "g-same.mkv").write_bytes(clip(seconds=_SECONDS))
    return folder


def test_an_enrolled_video_is_an_entry_with_times(known: hm.HashList) -> None:
    film, moving = known.entries
    times = [each.time for each in film.hashes]
    assert len(times) > 20
    assert times == sorted(times, key=lambda time: time or 0)
    assert film.details["duration"] == pytest.approx(_SECONDS - 0.04)
    assert moving.hashes[0].time is None
    assert sum(each.time is not None for each in moving.hashes) >= 8


def test_videos_are_found_with_their_times(known: hm.HashList, evidence: Path) -> None:
    results = {
        Path(result.item.locator).name[0]: result
        for result in hm.iter_scan(evidence, against=known, workers=2)
    }
    best = {name: result.matches[0] for name, result in results.items() if result.matches}
    assert best["a"].kind is MatchKind.EXACT
    for name in "bc":
        assert best[name].kind is MatchKind.VIDEO
        assert best[name].segments[0].grade is Grade.STRONG
    mirrored, cut = best["b"].segments[0], best["c"].segments[0]
    assert mirrored.orientation is hm.Orientation.MIRRORED
    assert mirrored.offset == pytest.approx(0, abs=0.2)
    assert mirrored.coverage == 1.0
    assert cut.offset == pytest.approx(3.0, abs=0.2)
    # All of its 150 frames: a small film.
    assert cut.end - cut.start == pytest.approx(149 / 25, abs=0.1)
    assert "d" not in best
    why = results["e"].item.unreadable
    assert why is not None
    assert why.reason is hm.Reason.DAMAGED
    still = best["f"].segments[0]
    assert still.known_start <= 2.0 <= still.known_end + 0.5
    assert results["g"].item.media == results["a"].item.media


def test_videos_are_on_record(known: hm.HashList, evidence: Path, tmp_path: Path) -> None:
    matcher = hm.Matcher([known])
    source = SourceSpec("exhibit", "folder", str(evidence))
    with Database.open(tmp_path / "db") as database:
        with database.run(
            case="1", source=source, configuration=run_config(matcher), resume=False
        ) as run:
            summary = hm.scan(evidence, against=matcher, run=run, workers=1)
        assert (summary.items, summary.videos, summary.unreadable) == (7, 5, 1)
        assert summary == database.summary("1")
        recorded: dict[str, list[hm.Match]] = {}
        for each in database.sightings("1"):
            recorded.setdefault(Path(each.item.locator).name[0], []).append(each.match)
        assert not database.verify().problems
    found = {
        Path(result.item.locator).name[0]: [*result.matches]
        for result in hm.iter_scan(evidence, against=matcher, workers=0)
        if result.matches
    }
    assert recorded == found


def test_estimated_times_are_marked_wherever_segments_are_shown(
    known: hm.HashList, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    # A raw stream has no times.
    (evidence / "raw.mp4").write_bytes(clip("h264-raw", seconds=_SECONDS))
    matcher = hm.Matcher([known])
    (result,) = hm.iter_scan(evidence, against=matcher, workers=0)
    assert result.item.media is not None
    assert result.item.media.flags == ("times-estimated",)
    assert result.matches
    assert all(each.times_estimated for match in result.matches for each in match.segments)
    show_scan(Folder(evidence), matcher, Shown(workers=0))
    assert "(times estimated) is the known video's" in capsys.readouterr().out
    source = SourceSpec("exhibit", "folder", str(evidence))
    with Database.open(tmp_path / "db") as database:
        with database.run(
            case="1", source=source, configuration=run_config(matcher), resume=False
        ) as run:
            hm.scan(evidence, against=matcher, run=run, workers=0)
        recorded = list(database.sightings("1"))
        assert tuple(each.match for each in recorded) == result.matches
        assert recorded[0].item.flags == ("times-estimated",)
        for format_ in ("html", "csv", "json", "vics"):
            out = io.StringIO()
            write_report(database, "1", format=format_, out=out)
            said = any(word in out.getvalue() for word in ("times estimated", "times_estimated"))
            assert said, format_


def test_workers_and_this_process_give_the_same(known: hm.HashList, evidence: Path) -> None:
    one, two = (
        {r.item.locator: r.item for r in hm.iter_scan(evidence, against=known, workers=workers)}
        for workers in (0, 2)
    )
    assert one == two
    assert sum(item.media is not None and item.media.is_video for item in one.values()) == 5


def test_the_command_line(evidence: Path, tmp_path: Path) -> None:
    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 (our own program)
            [sys.executable, "-m", "hashmatch", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
        )

    film = tmp_path / "film.mp4"
    film.write_bytes(clip(seconds=_SECONDS))
    shown = run("hash", film).stdout.splitlines()
    assert len(shown) == 13
    assert shown[3].endswith("film.mp4  0:00:03.0")
    (one,) = map(
        json.loads, run("hash", "--json", "--sampling", "triage", film).stdout.splitlines()[:-1]
    )
    whole = [each for each in one["hashes"] if not each["part"]]
    assert (one["sampling"], one["codec"], whole[1]["time"]) == ("triage", "h264", 2.0)
    moving = tmp_path / "moving.gif"
    moving.write_bytes(animation("GIF"))
    _, of_film, of_gif = run("hash", "--for-sharing", film, moving).stdout.splitlines()
    assert of_film.startswith(",,")
    assert of_gif.startswith(hm.hash_image(moving).hash.hex)
    index = tmp_path / "index"
    done = run("lists", "enrol", film, "--index", index, "--name", "LAB", "--category", "OWN/1")
    assert "frames" in done.stdout, done.stderr
    found = run("match", evidence / "c-cut.avi", "--against", index)
    assert "0:00:00.0 – 0:00:06.0 is the known video's 0:00:03.0" in found.stdout, found
    for form in ("vpdq", "vpdq-json"):
        out = tmp_path / form
        done = run("lists", "export", "LAB", "--index", index, "--format", form, "--output", out)
        assert done.returncode == 0, done.stderr
        again = run("match", evidence / "c-cut.avi", "--against", out)
        assert "is the known video's 0:00:03.0" in again.stdout, again
