"""Reports about the made-up world: 15 that are well formed and 6 that are not."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Final

from benchmarks.circulation_world import CASES, World
from hashmatch.errors import IntakeError
from hashmatch.intake import units
from hashmatch.sightings.database import Database

_TIME: Final = "2026-04-17T10:00:00Z"

_REPORT: Final = """<?xml version="1.0" encoding="UTF-8"?>
<report><reportId>{number}</reportId>
<incidentSummary><incidentDateTime>{time}</incidentDateTime></incidentSummary>
<personOrUserReported><espIdentifier>uploader-{number}</espIdentifier>
<espService>example</espService><screenName>sun</screenName>
<ipCaptureEvent><ipAddress>2001:db8:{number}::1</ipAddress><eventName>Login</eventName>
<dateTime>{time}</dateTime></ipCaptureEvent></personOrUserReported>
<victim><espIdentifier>victim-{number}</espIdentifier><espService>example</espService>
<ipCaptureEvent><ipAddress>2001:db8:ffff::1</ipAddress><eventName>Login</eventName>
<dateTime>{time}</dateTime></ipCaptureEvent></victim>
<intendedRecipient><espIdentifier>recipient-{number}</espIdentifier>
<espService>example</espService></intendedRecipient>
<fileDetails><fileId>f{number}</fileId><originalFileName>a.jpg</originalFileName>
<originalFileHash hashType="MD5">{md5}</originalFileHash></fileDetails></report>
"""

_BOMB: Final = """<?xml version="1.0"?><!DOCTYPE report [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><report><reportId>&b;</reportId></report>
"""


class Reports:
    """The reports of a world, written to a folder."""

    def __init__(self, world: World, folder: Path) -> None:
        """Write them.

        Args:
            world: its first known things are those that were reported.
            folder: for the files.
        """
        folder.mkdir()
        known = [(at, each) for at, each in enumerate(world.things) if each.known]
        self.files: list[tuple[Path, str, bool]] = []
        self.protected: set[str] = set()
        self.uploads: dict[str, set[str]] = {}
        self.good = 0
        for number in range(15):
            thing, named = known[number]
            path = next(iter(named.copies.values()))[0][1]
            self.uploads[f"thing-{thing}"] = {f"report tip-{number}"}
            md5 = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            text = _REPORT.format(number=100 + number, time=_TIME, md5=md5)
            self._add(folder / f"tip-{number}.xml", text, number, good=True)
            self.protected.add(f"example/victim-{100 + number}")
        good = _REPORT.format(number=900, time=_TIME, md5="ab" * 16)
        broken = {
            "bad time": (good.replace(_TIME, "yesterday"), True),
            "address forms": (good.replace("2001:db8:900::1", "::ffff:192.0.2.1%eth0"), True),
            "cut": (good[: len(good) // 2], False),
            "entity bomb": (_BOMB, False),
            "no report": ("<html><body>not found</body></html>", False),
            "control characters": (good.replace("sun", "s\x01n"), True),
        }
        for at, (name, (text, is_read)) in enumerate(broken.items()):
            numbered = text.replace(">900<", f">{900 + at}<")
            self._add(folder / f"{name}.xml", numbered, at, good=is_read)

    def _add(self, path: Path, text: str, number: int, *, good: bool) -> None:
        path.write_text(text, encoding="utf-8")
        self.good += good
        self.files.append((path, CASES[number % len(CASES)], good))

    def import_into(self, database: Database) -> Counter[str]:
        """How many ended as expected: imported, or refused with an error that is ours."""
        found: Counter[str] = Counter()
        for path, case, good in self.files:
            try:
                for unit in units(path):
                    database.record_import(
                        unit.header,
                        unit.records(),
                        unit.notes,
                        case=case,
                        exhibit=f"report {path.stem}",
                    )
                done = True
            except IntakeError:
                done = False
            found["as expected" if done == good else f"not as expected: {path.stem}"] += 1
        return found
