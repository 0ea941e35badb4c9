"""Times in names of files, as their programs are known to write them."""

from datetime import UTC, datetime, timedelta

import pytest

from hashmatch.model.name_times import time_in_name

AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)


@pytest.mark.parametrize(
    "name",
    [
        "Screenshot_20260417-102030.png",
        "Screenshot_20260417_102030_Chrome.jpg",
        "Screenshot_2026-04-17-10-20-30.png",
        "Screenshot_2026-04-17-10-20-30-42_ab.png",
        "signal-2026-04-17-10-20-30.jpeg",
        "signal-2026-04-17-102030.jpg",
        "photo_2026-04-17_10-20-30.jpg",
        "photo_2026-04-17_10-20-30 (2).jpg",
        "IMG_20260417_102030.jpg",
        "VID_20260417_102030~2.mp4",
        "20260417_102030.jpg",
        "DCIM/Camera/20260417_102030(1).jpg",
        "a.zip!zip:3:DCIM/IMG_20260417_102030.jpg",
        "WhatsApp Image 2026-04-17 at 10.20.30.jpeg",
        "WhatsApp Video 2026-04-17 at 10.20.30 AM.mp4",
    ],
)
def test_a_time_without_a_zone_is_any_on_earth(name: str) -> None:
    moment = time_in_name(name)
    assert moment is not None
    assert moment.kind == "in-name"
    local = datetime(2026, 4, 17, 10, 20, 30, tzinfo=UTC)
    assert moment.earliest == local - AHEAD
    assert moment.latest == local + BEHIND + timedelta(seconds=1, microseconds=-1)


@pytest.mark.parametrize("name", ["IMG-20260417-WA0003.jpg", "VID-20260417-WA0012.mp4"])
def test_a_messenger_that_tells_a_day_leaves_the_hour_open(name: str) -> None:
    moment = time_in_name(name)
    assert moment is not None
    assert moment.earliest == datetime(2026, 4, 17, tzinfo=UTC) - AHEAD
    assert moment.latest == datetime(2026, 4, 18, tzinfo=UTC) + BEHIND - timedelta(microseconds=1)
    assert moment.stated == name.partition(".")[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PXL_20260417_102030123.jpg", datetime(2026, 4, 17, 10, 20, 30, 123000, UTC)),
        ("PXL_20260417_102030123.MP.jpg", datetime(2026, 4, 17, 10, 20, 30, 123000, UTC)),
        ("FB_IMG_1776421230123.jpg", datetime(2026, 4, 17, 10, 20, 30, 123000, UTC)),
        ("mmexport1776421230123.jpg", datetime(2026, 4, 17, 10, 20, 30, 123000, UTC)),
    ],
)
def test_some_programs_write_utc(name: str, expected: datetime) -> None:
    moment = time_in_name(name)
    assert moment is not None
    assert (moment.earliest, moment.zone) == (expected, "UTC")
    assert moment.latest - moment.earliest < timedelta(milliseconds=1)


def test_the_afternoon_is_told_from_the_morning() -> None:
    moment = time_in_name("WhatsApp Image 2026-04-17 at 10.20.30 PM.jpeg")
    assert moment is not None
    assert moment.earliest == datetime(2026, 4, 17, 22, 20, 30, tzinfo=UTC) - AHEAD


@pytest.mark.parametrize(
    "name",
    [
        "",
        "IMG_0001.HEIC",
        "IMG-20261341-WA0003.jpg",
        "20260417.jpg",
        "IMG_20260417_992030.jpg",
        "holiday IMG_20260417_102030.jpg",
        "IMG_20260417_1020301234.jpg",
        "DCIM/20260417_102030/a.jpg",
        "FB_IMG_17764212301234.jpg",
    ],
)
def test_other_names_tell_no_time(name: str) -> None:
    assert time_in_name(name) is None
