"""A case number of another agency is told with the agency, and links nothing: two can be equal."""

import json
from pathlib import Path

from hashmatch.intake import Mapping, units
from hashmatch.sightings.database import Database
from hashmatch.tracing.asking import who
from hashmatch.tracing.links import Question, links

_TIP = """<?xml version="1.0"?><report><reportId>{report}</reportId>
<incidentSummary><incidentDateTime>2026-04-17T10:00:00Z</incidentDateTime></incidentSummary>
<lawEnforcement><agencyName>{agency}</agencyName><caseNumber>2026-17</caseNumber></lawEnforcement>
<personOrUserReported><espIdentifier>{report}</espIdentifier><espService>Kik</espService>
</personOrUserReported></report>"""
_TABLE = "time,account,agency,case number\n2026-04-17 10:00,{report},{agency},2026-17\n"
_AGENCIES = {"71": "Police of A", "72": "Police of B"}


def test_equal_numbers_of_two_agencies_are_two_cases(tmp_path: Path) -> None:
    path = tmp_path / "db"
    mapping = tmp_path / "map.json"
    columns = [{"column": "account", "kind": "account"}]
    said = {"constants": {"role": "holder", "service": "kik", "kind": "login"}}
    mapping.write_text(json.dumps({"title": "t", **said, "identifiers": columns}))
    with Database.open(path) as database:
        for report, agency in _AGENCIES.items():
            tip = tmp_path / f"{report}.xml"
            tip.write_text(_TIP.format(report=report, agency=agency))
            table = tmp_path / f"{report}.csv"
            table.write_text(_TABLE.format(report=report, agency=agency))
            for file, described in ((tip, None), (table, Mapping.read(mapping))):
                (unit,) = units(file, mapping=described)
                exhibit = f"{file.suffix} {report}"
                database.record_import(
                    *(unit.header, unit.records(), unit.notes), case="2026-17", exhibit=exhibit
                )
        told = [
            (each.fields.get("agencyName"), each.fields["caseNumber"])
            for _, each in database.events()
            if "caseNumber" in each.fields
        ]
        told += [
            (each.fields.get("agency"), each.fields["case number"])
            for _, each in database.events()
            if "case number" in each.fields
        ]
        # Whoever reads a number of a case reads whose it is.
        assert sorted(told) == sorted([(each, "2026-17") for each in _AGENCIES.values()] * 2)
        found = links(database, Question(every=True, protected=True))
        assert all("2026-17" not in each.key for each in found)
        # The reports have their account in common with their table, and nothing with each other.
        for each in found:
            assert len({place.exhibit.split()[1] for place in each.occurrences}) == 1
        assert [each.case for each in who(database, "account:kik/71").occurrences] == [
            "2026-17"
        ] * 2
