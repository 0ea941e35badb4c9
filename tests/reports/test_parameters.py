from dataclasses import asdict

import pytest

from hashmatch.profiles import DEFAULT, STRICT, WIDE, Profile
from hashmatch.reports.parameters import in_words


@pytest.mark.parametrize("profile", [STRICT, DEFAULT, WIDE])
def test_every_number_of_a_profile_is_in_words(profile: Profile) -> None:
    said = in_words(asdict(profile))
    assert said["Profile"] == profile.name
    assert f"pdq up to {profile.thresholds['pdq']} of 256 bits" in said["Pictures match"]
    assert f"two frames match within {profile.video.steps.pair} bits" in said["Videos"]
    assert f"where pictures match up to {profile.video.threshold} bits" in said["Videos"]
    parts = said["Videos"].split("; ")
    for each in (profile.video, profile.video.steps):
        for name, value in asdict(each).items():
            assert f"{name.replace('_', ' ')} {value}" not in parts
    assert set(said) == {
        *("Profile", "Pictures match", "Probable", "Flat cards match", "Quality"),
        "Parts of pictures",
        *("Decoded share", "Videos"),
        "Source of the numbers",
    }


def test_what_is_not_known_is_said_by_its_own_name() -> None:
    said = in_words({"name": "x", "of_later": {"a": 1}, "video": {"of_later": 7}})
    assert said["Of later"] == "a 1"
    assert said["Videos"] == "of later 7"


def test_what_was_not_recorded_is_said() -> None:
    assert in_words({}) == {
        "Profile": "not recorded",
        "Probable": "no wider threshold; only pictures decoded in part are reported as probable",
    }
