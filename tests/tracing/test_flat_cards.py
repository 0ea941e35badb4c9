"""Unknown cards, logos and pages of text: on record as such, in clusters of their own, no links."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.hashing.sampling import FrameHasher
from hashmatch.model import Item, MediaHashes, Reading, RunStatus, Sampling, ScanResult
from hashmatch.model.event import Role
from hashmatch.model.flags import Flag
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import FLAT_CARDS_MARKED
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.updating import update
from hashmatch.tracing.values import LinkKind
from tests.support.photos import PHOTOS, encoded, photo
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, video
from tests.tracing.test_events import hashed
from tests.tracing.test_links import (
    allow_unknown,
    detailed,
    event,
    imported,
    picture,
    places,
    scan,
)

CARD = "a flat card, a logo, a chart or a page of text"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        allow_unknown(opened, "1", "2", "3")
        yield opened


def flat(media: MediaHashes) -> MediaHashes:
    return replace(media, flags=(*media.flags, Flag.FLAT_CARD))


def logo(size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A drawing whose hash is of good quality."""
    drawn = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(drawn)
    for at, colour in enumerate(("red", "navy", "black", "green")):
        left = 40 + at * 140
        draw.rectangle((left, 60 + 70 * at, left + 110, 440 - 20 * at), colour)
        draw.text((left, 20), "some words", "black")
    return drawn


def test_cards_are_marked_while_they_are_hashed_and_photographs_are_not() -> None:
    options = HashOptions(orientations=True)
    for kind in ("JPEG", "PNG"):
        found = hash_image(encoded(logo(), kind), options)
        assert found.quality >= 50
        assert Flag.FLAT_CARD in found.flags
        large = hash_image(encoded(logo().resize((2560, 1920)), kind), options)
        assert Flag.FLAT_CARD in large.flags
    marked = [path.name for path in PHOTOS if Flag.FLAT_CARD in hash_image(path).flags]
    assert len(marked) <= 1


def test_unknown_cards_make_no_link_by_default(database: Database) -> None:
    """Their very bytes neither."""
    for number, case in enumerate(("1", "2", "3"), 1):
        scan(database, case, case, [(5, flat(picture(1)), None), (number, picture(2), None)])
    update(database)
    assert [places(each) for each in links(database)] == [{("1", "1"), ("2", "2"), ("3", "3")}]
    every = links(database, Question(every=True))
    assert [each.why_not for each in every] == ["", CARD]


def test_nothing_else_joins_the_cluster_of_a_card(database: Database) -> None:
    """Whichever came first, and when clusters are taken up from the record."""
    scan(database, "1", "phone", [(1, flat(picture(1)), None), (2, picture(1, 5), None)])
    update(database)
    scan(database, "2", "card", [(3, picture(1, 9), None), (4, flat(picture(1, 12)), None)])
    update(database)
    members = database.store.execute("SELECT cluster_id, picture_id FROM cluster_members")
    assert members == [(1, 1), (2, 2), (2, 3), (1, 4)]
    every = links(database, Question(every=True))
    assert [(each.key, each.why_not) for each in every] == [("cluster:2", ""), ("cluster:1", CARD)]


def test_what_was_hashed_without_the_mark_is_told_in_coverage(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), None), (2, picture(2), None)])
    update(database)
    (covered,) = coverage(database)
    (gap,) = covered.gaps
    assert gap.startswith("2 pictures and videos hashed by a version that marked no flat cards:")


def test_a_scan_that_an_earlier_version_began_is_resumed(database: Database) -> None:
    """What was hashed before the mark is told apart from what was hashed behind it."""
    marking = replace(CONFIGURATION, decoders={FLAT_CARDS_MARKED: "1"})
    for number, configuration in enumerate((CONFIGURATION, marking)):
        how = {"configuration": configuration, "resume": number > 0}
        with database.run(case="1", source=SOURCE, **how) as run:  # type: ignore[arg-type]
            assert run.files == number
            item = Item(f"/evidence/7/{number}.jpg", 9, digests=digests(number))
            run.record([ScanResult(replace(item, media=flat(picture(number))), ())])
            run.finish(RunStatus.DONE if number else RunStatus.INTERRUPTED)
    update(database)
    ((gap,),) = [each.gaps for each in coverage(database)]
    assert gap.startswith("1 picture or video hashed by a version that marked no flat cards")
    assert database.verify().passed


def test_what_was_looked_at_has_no_such_gap(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    marking = replace(CONFIGURATION, decoders={FLAT_CARDS_MARKED: "1"})
    monkeypatch.setattr("tests.tracing.test_links.CONFIGURATION", marking)
    scan(database, "1", "phone", [(1, picture(1), None)])
    update(database)
    assert [each.gaps for each in coverage(database)] == [()]


@pytest.mark.parametrize(("cards", "others", "expected"), [(6, 6, True), (5, 6, False)])
def test_a_film_is_a_card_where_half_of_its_frames_are(
    cards: int, others: int, *, expected: bool
) -> None:
    """Equal frames count once; those of low quality not at all."""
    side = 256
    noise = np.random.default_rng(1)
    shown = [np.asarray(logo().rotate(9 * at).resize((side, side)).convert("L")) for at in range(6)]
    scene = np.asarray(photo("coffee").convert("L").resize((side, side)))
    frames = [*shown[:cards], *[shown[0]] * 4]
    frames += [np.roll(scene, 25 * at, 1) for at in range(others)]
    frames += [noise.integers(100, 104, (side, side), np.uint8) for _ in range(20)]
    hasher, given = FrameHasher(Sampling.QUERY), list[Reading]()
    for second, frame in enumerate(frames):
        assert hasher.wants(float(second))
        given += hasher.add(float(second), second, lambda _, frame=frame: frame)  # type: ignore[misc]
    given += hasher.rest()
    good = {each.hash for each in given if not each.part and each.quality >= 50}
    assert len(good) == cards + others
    assert hasher.is_flat_card is expected


def test_films_that_have_only_cards_in_common_make_no_link(database: Database) -> None:
    film = detailed(video(1, 20))
    other = replace(film, readings=film.readings[2:])
    for number, (case, media) in enumerate((("1", film), ("2", other)), 1):
        scan(database, case, case, [(number, flat(media), None)])
    update(database)
    assert not links(database)
    assert [each.why_not for each in links(database, Question(every=True))] == [CARD]


def test_the_picture_of_a_motion_photo_is_linked_with_its_copies(database: Database) -> None:
    """A messenger keeps the picture and drops the clip."""
    still = picture(1)
    clip = detailed(video(2))
    readings = (*still.readings, *(replace(each, part="clip") for each in clip.readings))
    moving = replace(still, readings=readings, video=clip.video)
    scan(database, "1", "phone", [(1, moving, None)])
    update(database)
    scan(database, "2", "card", [(2, picture(1, 9), None)])
    scan(database, "3", "pc", [(3, moving, None)])
    update(database)
    imported(database, "4", "tip", event(Role.UPLOADER, 9, hashes=(hashed(1, 22, 5),)))
    (link,) = links(database, Question(kinds={LinkKind.CLUSTER}, max_sources=4))
    assert (len(link.occurrences), link.medoid_distance) == (4, 9)
