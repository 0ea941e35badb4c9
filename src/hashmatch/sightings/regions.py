"""Parts of pictures on record: their codes, and which part of an item a sighting is of.

Codes of framing hypotheses are not kept, as there are thousands for a picture, nor are those of
patches, which another version of OpenCV may find elsewhere: a scan that needs them decodes the
picture again.
"""

import json
from typing import Any, Final

from hashmatch.model import Match, MediaHashes, Region, Similarity, Tier
from hashmatch.model.region import TURNS, Outline
from hashmatch.sightings.encoding import canonical, from_text, real, to_text
from hashmatch.sightings.store import Row, Store
from hashmatch.sightings.triggers import forbids

_TABLES: Final = (
    # Parts of a picture that may be known pictures, one row for each.
    """
    CREATE TABLE region_sets (
        id INTEGER PRIMARY KEY,
        picture_id INTEGER NOT NULL UNIQUE REFERENCES pictures
    ) STRICT
    """,
    """
    CREATE TABLE regions (
        region_set_id INTEGER NOT NULL REFERENCES region_sets,
        position INTEGER NOT NULL,
        tier TEXT NOT NULL CHECK (tier = 'regions'),
        frame INTEGER NOT NULL CHECK (frame >= 0),
        quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
        outline TEXT NOT NULL,
        plan TEXT NOT NULL CHECK (plan = 'turns'),
        codes BLOB NOT NULL CHECK (length(codes) = 256),
        PRIMARY KEY (region_set_id, position)
    ) STRICT, WITHOUT ROWID
    """,
    # Which part of an item a sighting is of, and how hard it was looked for.
    """
    CREATE TABLE matched_parts (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL UNIQUE REFERENCES sightings,
        tier TEXT NOT NULL CHECK (tier IN ('regions', 'framing', 'patches')),
        outline TEXT NOT NULL,
        hypothesis TEXT NOT NULL,
        tried INTEGER NOT NULL CHECK (tried >= 0),
        similarity TEXT NOT NULL
    ) STRICT
    """,
)

FIXED: Final = ("region_sets", "regions", "matched_parts")

REGIONS: Final = (
    *_TABLES,
    *(forbids(table, event) for table in FIXED for event in ("UPDATE", "DELETE")),
)
"""What makes the tables."""

MATCHED: Final = """
    coalesce((SELECT json_array(tier, json(outline), hypothesis, tried, json(similarity))
        FROM matched_parts WHERE sighting_id = sightings.id), '[]')
"""
"""The column that `matched` takes."""


def kept(media: MediaHashes) -> tuple[Region, ...]:
    """The regions that go on record: with the codes of their turns."""
    found = (region for region in media.regions if region.tier is Tier.REGIONS)
    return tuple(region for region in found if region.plan == TURNS)


def row_of(held: int, position: int, region: Region) -> Row:
    """What SQLite holds of a region in the set with this id."""
    return (
        *(held, position, region.tier.value, region.frame, region.quality),
        *(_stored(region.outline), region.plan, region.codes),
    )


def of_picture(store: Store, picture: int) -> tuple[Region, ...]:
    """The regions of a picture, as they were computed."""
    rows = store.execute(
        "SELECT tier, frame, quality, outline, plan, codes FROM regions "
        "JOIN region_sets ON region_sets.id = region_set_id WHERE picture_id = ? ORDER BY position",
        (picture,),
    )
    return tuple(
        Region(Tier(tier), _loaded(json.loads(outline)), quality, plan, codes, frame)
        for tier, frame, quality, outline, plan, codes in rows
    )


def part_of(match: Match) -> Row | None:
    """What SQLite holds of the part that matched, behind the sighting; None of a whole picture."""
    if match.tier is Tier.WHOLE:
        return None
    outline, hypothesis = _stored(match.outline), to_text(match.hypothesis)
    like = match.similarity
    told = [] if like is None else [like.inliers, *map(real, (like.scale, like.turn, like.overlap))]
    return match.tier.value, outline, hypothesis, match.tried, canonical(told)


def matched(column: str) -> dict[str, Any]:
    """The fields of a match that say which part of the item it is of."""
    told = json.loads(column)
    if not told:
        return {}
    tier, outline, hypothesis, tried, like = told
    return {
        "tier": Tier(tier),
        "outline": _loaded(outline),
        "hypothesis": from_text(hypothesis),
        "tried": tried,
        "similarity": Similarity(like[0], *map(float, like[1:])) if like else None,
    }


def _stored(outline: Outline) -> str:
    return canonical([[real(column), real(row)] for column, row in outline])


def _loaded(outline: Any) -> Outline:  # noqa: ANN401 (what JSON holds)
    return tuple((float(column), float(row)) for column, row in outline)
