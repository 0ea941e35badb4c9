"""What a path, a size and a time say of a file."""

import math

import pytest

from hashmatch.scanning.triage.likeliness import KINDS, PLACES, Traits, Weights, age_of, work_of

PICTURE = 300_000


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("DCIM/100APPLE/IMG_0001.JPG", "camera"),
        ("DCIM/.thumbnails/17.jpg", "cache"),
        ("Android/media/com.whatsapp/WhatsApp/Media/WhatsApp Images/Sent/a.jpg", "messenger"),
        ("storage/emulated/0/Pictures/Telegram/a.jpg", "messenger"),
        ("data/data/org.thoughtcrime.securesms/files/a", "messenger"),
        ("Users/x/Downloads/a.jpg", "downloads"),
        ("Users/x/AppData/Local/Google/Chrome/User Data/Default/Cache/f_000001", "cache"),
        ("Users/x/Pictures/Screenshots/a.png", "screenshots"),
        ("$Recycle.Bin/S-1-5-21/$R1.jpg", "hidden"),
        (".Trashes/501/a.jpg", "hidden"),
        ("Windows/Web/Wallpaper/Camera/a.jpg", "programs"),
        ("Program Files (x86)/Game/Downloads/a.png", "programs"),
        ("work/res/drawable-hdpi/icon.png", "programs"),
        ("Users/x/Documents/a.docx", "documents"),
        ("backup/2019/a.jpg", "elsewhere"),
        ("a.jpg", "elsewhere"),
    ],
)
def test_a_place_is_told_by_the_deepest_folder_that_says_something(path: str, place: str) -> None:
    assert Traits.of(path, PICTURE).place == place


def test_of_a_path_without_end_both_ends_are_looked_at() -> None:
    inner = "/".join(["d"] * 5_000)
    assert Traits.of(f"{inner}/DCIM/a.jpg", PICTURE).place == "camera"
    assert Traits.of(f"Windows/{inner}/DCIM/a.jpg", PICTURE).place == "programs"


def test_kinds_and_names_are_told_by_the_name() -> None:
    named = Traits.of("x/IMG-20210304-WA0007.JPG", PICTURE)
    assert (named.kind, named.name, named.size) == ("picture", "given", "usual")
    assert Traits.of("x/clip.MP4", 1 << 30)[1:] == ("video", "large", "other")
    assert Traits.of("x/notes", 100)[1:] == ("unknown", "tiny", "other")
    assert Traits.of("jpg", PICTURE).kind == "picture", "a name that is all ending"
    endings = [each for _, words in KINDS.values() for each in words.split()]
    assert len(endings) == len(set(endings))


def test_ages_are_of_days_before_the_newest() -> None:
    assert [age_of(days) for days in (0, 31, 32, 366, 367, None)] == [
        "age month",
        "age month",
        "age year",
        "age year",
        "age older",
        "age undated",
    ]


def test_without_a_record_weights_are_those_of_the_table() -> None:
    learned = Weights.learned([])
    assert learned.of_level == Weights().of_level
    assert learned.of_level["place messenger"] == PLACES["messenger"][0]
    assert Weights.learned([("a.jpg", 1, False)] * 9).of_level == learned.of_level


def test_what_is_on_record_moves_weights_to_what_it_shows() -> None:
    # 2 % of what lies in folders of camera pictures matched, and 0.1 % of all else.
    seen = [("DCIM/a.jpg", PICTURE, number < 2_000) for number in range(100_000)]
    seen += [("other/a.jpg", PICTURE, number < 100) for number in range(100_000)]
    weights = Weights.learned(seen)
    rate = 2_100 / 200_000
    assert (weights.files, weights.matched) == (200_000, 2_100)
    camera, elsewhere = (weights.of_level[f"place {each}"] for each in ("camera", "elsewhere"))
    assert camera == pytest.approx(math.log(0.02 / rate), abs=0.01)
    assert elsewhere == pytest.approx(math.log(0.001 / rate), abs=0.05)
    # Of what never came the table still speaks.
    assert weights.of_level["place hidden"] == pytest.approx(PLACES["hidden"][0])


def test_few_files_on_record_move_weights_little() -> None:
    before = Weights().of_level["place messenger"]
    seen = [("WhatsApp/a.jpg", PICTURE, False)] * 20 + [("DCIM/a.jpg", PICTURE, True)]
    seen += [("DCIM/a.jpg", PICTURE, False)] * 979
    after = Weights.learned(seen).of_level["place messenger"]
    assert before - 0.1 < after < before


def test_larger_files_take_longer() -> None:
    small, large = (work_of(Traits.of("a.jpg", size), size) for size in (1_000, 10_000_000))
    assert small < large
