from dataclasses import replace

from hashmatch.reports.findings import Copy, Finding, Findings
from hashmatch.reports.totals import Standing
from tests.support.case_records import EXACT, PROBABLE, digests, item, match, sighting

SAME = digests("same")


def test_copies_of_the_same_bytes_are_one_finding() -> None:
    seen = [
        sighting(1, item(1, "a.jpg", digests=SAME), match()),
        sighting(2, item(2, "b.jpg", digests=SAME), match()),
        sighting(3, item(3, "c.jpg", digests=digests("other")), match()),
    ]
    with Findings() as findings:
        numbers = [
            findings.add(each, lambda: ("brief", "whole"), lambda: ("copy", "whole copy"))
            for each in seen
        ]
        assert numbers == [1, 1, 3]
        counts = findings.counts()
        assert counts.in_words == "3 matches, 2 different files, 1 known entry"
        assert counts.findings == 2
        brief = list(findings.briefly(Standing.MATCH, 9))
        assert brief == [
            (Finding(1, 1, "brief"), [Copy(2, "copy")]),
            (Finding(3, 0, "brief"), []),
        ]
        full = list(findings.in_full(Standing.MATCH))
        assert full == [Finding(1, 1, "whole"), Copy(2, "whole copy"), Finding(3, 0, "whole")]


def test_files_without_digests_are_no_copies() -> None:
    nothing = replace(SAME, md5=None, sha1=None, sha256=None)
    with Findings() as findings:
        for number in (1, 2):
            findings.add(sighting(number, item(number, digests=nothing), match()))
        assert findings.counts().findings == 2


def test_findings_are_in_the_order_of_category_then_nearness() -> None:
    hows = [
        match(category="", distance=0),
        match(category="10", distance=1),
        match(category="2", distance=30),
        match(category="2", distance=4),
        match(category="2", **EXACT),
        match(category="1", **PROBABLE),
    ]
    with Findings() as findings:
        for number, how in enumerate(hows, 1):
            findings.add(sighting(number, item(number, digests=digests(number)), how))
        assert [each.number for each, _ in findings.briefly(Standing.MATCH, 0)] == [5, 4, 3, 2, 1]
        assert [each.number for each, _ in findings.briefly(Standing.PROBABLE, 0)] == [6]
