"""What an operator says of a list is about what is on it."""

import pytest

from hashmatch.errors import UnknownNameError
from hashmatch.hashlists.reading import HashList
from hashmatch.index.policies import check_policy
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.profiles import Policy


def test_a_threshold_for_hashes_that_a_category_lacks_is_refused() -> None:
    pdq, phash = Hash("pdq", bytes(32)), Hash("phash-64", bytes(8))
    entries = [
        Entry("a", hashes=(KnownHash(pdq),), scheme="VIC", category="1"),
        Entry("b", hashes=(KnownHash(phash),), scheme="VIC", category="2"),
    ]
    tables = [HashList.of("x", entries).entries]
    for category, algorithm in (("VIC/1", "pdq"), ("1", "pdq"), ("VIC/2", "phash-64")):
        check_policy(Policy(categories={category: Policy(None, {algorithm: 4})}), "x", tables)
    for category, algorithm in (("VIC/1", "phash-64"), ("2", "pdq")):
        policy = Policy(categories={category: Policy(None, {algorithm: 4})})
        with pytest.raises(UnknownNameError, match=f"has no {algorithm} hashes"):
            check_policy(policy, "x", tables)
        check_policy(policy, "x", tables, before=policy)
