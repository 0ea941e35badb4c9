"""A scan that was begun before hashes changed is not gone on with."""

import hashlib

from hashmatch.scanning import binding
from tests.support.places import GOLDEN

_OF_NUMBER = (5, "fa1ff7fa8a659da3b21a5dbcc7fb73e33ff3eac77ade0aad645554b7e9f1b14a")
"""The number of hashes, and what the golden values were when it was raised or found to be right."""


def test_other_golden_values_have_another_number() -> None:
    """Raise `binding._HASHES` where the same bytes give other hashes; new files need no other."""
    digest = hashlib.sha256()
    for path in sorted(GOLDEN.glob("*.json")):
        digest.update(path.name.encode() + b"\n" + path.read_bytes().replace(b"\r\n", b"\n"))
    assert (binding._HASHES, digest.hexdigest()) == _OF_NUMBER
