import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hashmatch import registry
from hashmatch.bench import making
from hashmatch.bench.distances import Codes
from hashmatch.bench.listing import KNOWN
from hashmatch.bench.page import recall_page
from hashmatch.bench.pictures import read_pictures
from hashmatch.bench.recall import RecallOptions, Watch, measure_recall
from hashmatch.bench.table import recall_lines
from hashmatch.bench.tally import Tally
from hashmatch.bench.transforms.base import suite
from hashmatch.errors import SourceError, UnknownNameError
from hashmatch.hashing.items import hash_image
from hashmatch.hashlists.writing import write_list
from hashmatch.model import Entry, KnownHash, Match, MatchKind, Tier

pdqhash = pytest.importorskip("pdqhash", reason="brute force needs another implementation")

GROUPS = ("crop", "overlay", "compression", "collage")
OPTIONS = RecallOptions(known=3, groups=GROUPS, thresholds={"pdq": (31, 90)}, threads=1)


def drawn(seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
    return Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pictures")
    for seed in range(60):
        drawn(seed).save(place / f"{seed:02}.png", compress_level=1)
    return place


@pytest.fixture(scope="module")
def result(folder: Path) -> dict[str, Any]:
    return measure_recall([folder], OPTIONS)


def distance(one: Image.Image, file: bytes) -> int:
    """The nearest of a copy's eight orientations and its negative, by `pdqhash`."""
    known, _ = pdqhash.compute(np.asarray(one.convert("RGB")))
    with Image.open(io.BytesIO(file)) as opened:
        copies, _ = pdqhash.compute_dihedral(np.asarray(opened.convert("RGB")))
    apart = [int((each != known).sum()) for each in copies]
    return min(*apart, 256 - apart[0])


def test_recall_is_that_of_brute_force(folder: Path, result: dict[str, Any]) -> None:
    (found,) = result["results"]
    used = read_pictures([folder]).used
    known, around = used[:3], used[3:51]
    assert result["pictures"]["others"] == 9
    shown = {each.sha256: Image.open(io.BytesIO(each.read())).convert("RGB") for each in used}
    shares = {each["transform"]: each for each in found["transforms"]}
    for transform in suite(0, ["crop", "overlay", "compression"]):
        far = []
        for each in known:
            at = int(each.sha256[:8], 16) % 48
            others = [shown[one.sha256] for one in (*around[at:], *around[:at])]
            file = transform.file(shown[each.sha256], each.sha256, others)
            far.append(distance(shown[each.sha256], file))
        for bits in (31, 90):
            # Ours differs from the reference by a few bits, as it reads the luma of a JPEG.
            sure = sum(each <= bits - 6 for each in far), sum(each <= bits + 6 for each in far)
            assert sure[0] <= shares[transform.id]["recall"][str(bits)]["found"] <= sure[1]
    assert shares["crop/keep-50"]["recall"]["31"]["found"] == 0
    assert shares["compression/jpeg-80"]["recall"]["31"]["found"] == 3


def test_figures_agree_with_each_other(result: dict[str, Any]) -> None:
    (found,) = result["results"]
    count = len(suite(0, GROUPS))
    assert [each["copies"] for each in found["transforms"]] == [3] * count
    groups = {each["group"]: each for each in found["groups"]}
    assert list(groups) == [*GROUPS, "all"]
    for bits in ("31", "90"):
        for group in GROUPS:
            inside = [
                x["recall"][bits]["found"] for x in found["transforms"] if x["group"] == group
            ]
            assert groups[group]["recall"][bits]["found"] == sum(inside)
        whole = groups["all"]["recall"][bits]
        assert whole["found"] == sum(groups[group]["recall"][bits]["found"] for group in GROUPS)
        low, high = whole["interval"]
        assert low < whole["recall"] < high
    # By the index, and by distances that were compared one by one.
    genuine = found["genuine"]["histogram"]
    assert sum(genuine[:32]) == groups["all"]["recall"]["31"]["found"]
    assert sum(genuine[:91]) == groups["all"]["recall"]["90"]["found"]
    assert sum(genuine) + found["genuine"]["missed"] == 3 * count
    # Of each copy two other known pictures and nine on no list of known ones.
    assert found["impostors"]["pairs"] == 11 * sum(genuine)
    assert sum(found["impostors"]["histogram"][:91]) == found["wrong"]["90"]["matches"]
    assert found["photos"]["pairs"] == 60 * 59


def test_an_unaltered_copy_is_always_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {})
    monkeypatch.setattr(registry, "_loaded", {})
    registry.register("transforms", "same", lambda: {"same": lambda picture, _, __: picture})
    options = RecallOptions(("pdq", "phash-64", "dhash-256"), known=9, groups=("same",), threads=1)
    for found in measure_recall([folder], options)["results"]:
        (share,) = found["transforms"]
        widest = str(found["thresholds"][-1])
        assert (share["copies"], share["recall"][widest]["recall"]) == (9, 1.0)


def test_tiers_are_passed_on(folder: Path) -> None:
    few = replace(OPTIONS, known=1, groups=("border",), thresholds={"pdq": (31,)})
    recall = []
    for tiers in (("whole",), ("whole", "regions")):
        (found,) = measure_recall([folder], replace(few, tiers=tiers))["results"]
        recall.append(found["groups"][-1]["recall"]["31"]["recall"])
    assert recall[0] < 0.5 < recall[1]


def test_enrolled_pictures_are_found_by_more_than_their_plain_hashes(folder: Path) -> None:
    few = replace(OPTIONS, known=2, groups=("crop",), thresholds={"pdq": (31,)})
    recall = []
    for enrolled in (False, True):
        measured = measure_recall([folder], replace(few, enrolled=enrolled))
        assert measured["settings"]["enrolled"] is enrolled
        (found,) = measured["results"]
        shares = {each["transform"]: each["recall"]["31"]["recall"] for each in found["transforms"]}
        recall.append((shares["crop/keep-98"], shares["crop/square"]))
    assert recall[0][1] < recall[1][1] == 1
    assert recall[0][0] == recall[1][0]


def test_patches_are_listed_where_they_are_looked_for(folder: Path) -> None:
    pytest.importorskip("cv2", reason="the extra patches is not installed")
    few = replace(OPTIONS, known=1, groups=("crop",), tiers=("whole", "patches"))
    (found,) = measure_recall([folder], few)["results"]
    shares = {each["transform"]: each["recall"]["31"]["recall"] for each in found["transforms"]}
    assert shares["crop/keep-60"] == 1
    assert found["wrong"]["31"]["copies"] == 0


def test_other_lists_and_made_up_hashes_are_distractors(folder: Path, tmp_path: Path) -> None:
    used = read_pictures([folder]).used
    theirs = hash_image(used[0].read())
    entry = Entry("theirs", hashes=(KnownHash(theirs.hash, theirs.quality),))
    write_list([entry], tmp_path / "list.jsonl", format="jsonl")
    options = replace(
        OPTIONS, known=1, groups=("compression",), against=(tmp_path / "list.jsonl",),
        distractors=30_000, thresholds={"pdq": (31, 100)},
    )  # fmt: skip
    result = measure_recall([folder], options)
    (found,) = result["results"]
    assert result["pictures"]["synthetic"] == 30_000
    # The picture itself is on their list: nearly every copy of it matches that entry too.
    assert found["wrong"]["31"]["copies"] >= 9
    assert {"list", "theirs"} == {
        each[key] for each in found["wrong_matches"] for key in ("list", "entry")
        if each["list"] == "list"
    }  # fmt: skip
    assert found["wrong"]["100"]["matches"] > found["wrong"]["100"]["copies"]
    assert any(each["list"] == "bench-synthetic" for each in found["wrong_matches"])


def stopping(calls: int) -> Watch:
    """Who stops after so many questions."""
    answers = iter(range(calls))
    return Watch(stop=lambda: next(answers, None) is None)


def test_what_was_measured_stays_when_it_is_stopped(
    folder: Path, result: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_BATCH", 40)
    # 60 pictures, their pairs, once before the copies, then once for each 40 copies.
    options = replace(OPTIONS, known=30, groups=("compression",))
    stopped = measure_recall([folder], options, watch=stopping(60 + 60 + 1))
    assert stopped["interrupted"]
    assert not result["interrupted"]
    (found,) = stopped["results"]
    assert found["groups"][-1]["copies"] == 40
    counts = [each["copies"] for each in found["transforms"]]
    assert max(counts) - min(counts) <= 1
    early = measure_recall([folder], OPTIONS, watch=stopping(20))
    assert "groups" not in early["results"][0]
    for each in (stopped, early):
        assert "interrupted" in list(recall_lines(each))[-1]
        assert "stopped" in recall_page(each)


def test_the_page_has_no_script_and_no_picture(result: dict[str, Any], folder: Path) -> None:
    page = recall_page(result)
    assert page.count("<svg") >= 5
    forbidden = r"<(?:script|img|image|iframe|object|embed|link)\b|url\(|data:|https?:"
    assert re.findall(forbidden, page) == []
    assert "default-src 'none'" in page
    assert re.search(r"\son\w+=", page) is None
    # Nothing of a picture but the name of one in a wrong match.
    known = read_pictures([folder]).used[0]
    assert hash_image(known.read()).hash.hex[:16] not in page


def test_a_run_says_what_it_was_made_on(result: dict[str, Any]) -> None:
    assert result["machine"]["processor"]
    assert {"hashmatch", "numpy", "pillow", "python"} <= set(result["versions"])
    assert result["settings"]["seed"] == 0
    lines = "\n".join(recall_lines(result))
    assert re.search(r"pdq: at most one false match in 10⁶ comparisons within \d+ bits", lines)


def test_wrong_names_are_refused_before_anything_is_read(folder: Path, tmp_path: Path) -> None:
    for options in (
        RecallOptions(("nothing",)),
        RecallOptions(tiers=("nothing",)),
        RecallOptions(groups=("nothing",)),
    ):
        with pytest.raises(UnknownNameError, match="nothing"):
            measure_recall([tmp_path / "missing"], options)
    (tmp_path / "one.png").write_bytes((folder / "00.png").read_bytes())
    with pytest.raises(SourceError, match="too few"):
        measure_recall([tmp_path], OPTIONS)


def test_each_tier_is_told_with_those_before_it() -> None:
    tally = Tally("pdq", (31, 46), Codes(np.zeros((1, 32), np.uint8)), 50)
    near = {"category": "", "kind": MatchKind.PERCEPTUAL, "algorithm": "pdq"}
    own = Match(KNOWN, "0", distance=3, threshold=46, **near)  # type: ignore[arg-type]
    for name, tier in (("a", Tier.WHOLE), ("b", Tier.FRAMING), ("c", Tier.FRAMING), ("d", None)):
        tally.copies[f"crop/{name}"] = 1
        if tier is not None:
            tally.matched(46, f"crop/{name}", 0, [replace(own, tier=tier)])
    of_all = tally.groups([])[-1]["recall"]
    told = {tier: each["found"] for tier, each in of_all["46"]["up_to"].items()}
    assert told == {"whole": 1, "regions": 1, "framing": 3}
    assert of_all["46"]["found"] == 3
    assert of_all["31"]["up_to"] == {"whole": of_all["31"]["up_to"]["whole"]}
