"""`hashmatch record exhibit`, `record import` and `record case`: what links need, put on record."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.handling import HandlingOption, checked_mark
from hashmatch.cli.known_events import EventsAgainstOption, KnownEvents
from hashmatch.cli.options import FailOnMatchOption, JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.places import check_known_exhibits, check_places
from hashmatch.cli.trace import ByOption, DbOption
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.model.identifier import Identifier
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.exhibits import ExhibitRecord
    from hashmatch.sightings.importing import ImportRecord

EXHIBIT_HELP = """Put on record what an exhibit is: device or account, whose, and its identifiers.

EXHIBIT is the label that `scan --exhibit` has. What is stated is a row of the audit chain; a later
statement counts instead of an earlier one, which stays on record. An empty value is taken back with
--withdraw NAME. Identifiers are what links are made of: the account of a report and the phone on
which it is logged in, the SIM card in two phones.

Times that an import states without a zone are reckoned in the zone of the exhibit.

\b
Examples:
  hashmatch record exhibit phone-1 --case 2026-0417 --db lab.sightings --by 'A. Meier' \\
      --kind phone --owner P-12 --id imei:49-015420-323751-8 --id account:example.org/4711 \\
      --zone Europe/Berlin --acquired '2026-04-17 10:20 +02:00' --acquired-with 'Tool 7.1'
  hashmatch record exhibit phone-1 --case 2026-0417 --db lab.sightings --by 'A. Meier' \\
      --not-id account:example.org/4711 --why 'typing error'
"""

IMPORT_HELP = """Put the events of a report, a provider's return or a log on record.

Understood are CyberTipline reports (the documents of the API, one document, the JSON of the police
portal) and tables: CSV, TSV and JSON Lines that a ready map fits, or that --map describes (see
docs/reference/imports.md). PATH is a file, a folder or a ZIP archive. What a file is, is seen in
its content.

Each unit is imported wholly or not at all; importing the same bytes into the same case again
changes nothing and says so. The same report in another form counts once, and differences are shown.
Rows that are not understood are quarantined, with number and reason, and the exit code is 4.

With --against the digests and hashes of the events are matched with hash lists before they go on
record: what matches is a link of its entry from then on, in the role of its event. What is on
record already is not matched again, and the exit code is 4.

\b
Examples:
  hashmatch record import tip.xml --case 2026-0417 --exhibit tip-1 --db lab.sightings
  hashmatch record import logins.csv --map logins.toml --case 2026-0417 --exhibit return-1 \\
      --db lab.sightings --zone UTC
"""

CASE_HELP = """Put on record whom to ask about a case, and what other cases may learn of it.

Access is `open` (others see that a link leads here, to which exhibit, and the rows), `pointer`
(that it does, and the contact) or `hidden` (nothing). Unknown items of a case make links only where
--link-unknown says yes: they are anybody's pictures until somebody says otherwise.

\b
Example:
  hashmatch record case 2026-0417 --db lab.sightings --by 'A. Meier' --contact 'A. Meier, K 12' \\
      --access pointer --link-unknown yes
"""


_FACTS: Final = ("kind", "owner", "make", "model", "zone", "acquired", "acquired-with")

CaseOption = Annotated[str, typer.Option("--case", metavar="N", help="The lab's own number.")]
ReasonOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason for it.")]
KindOption = Annotated[
    str,
    typer.Option(
        metavar="phone|tablet|computer|card|camera|account|provider-return|report|other",
        help="What it is.",
    ),
]
OwnerOption = Annotated[
    str, typer.Option(metavar="TEXT", help="Reference to the person who had it.")
]
MakeOption = Annotated[str, typer.Option(metavar="TEXT", help="Maker of the device.")]
ModelOption = Annotated[str, typer.Option(metavar="TEXT", help="Model of the device.")]
ZoneOption = Annotated[
    str, typer.Option(metavar="ZONE", help="Time zone of the device: Europe/Berlin, +02:00.")
]
AcquiredOption = Annotated[str, typer.Option(metavar="TIME", help="When it was acquired.")]
ToolOption = Annotated[str, typer.Option(metavar="TEXT", help="By which tool it was acquired.")]
IdentifierOption = Annotated[
    list[str] | None,
    typer.Option(
        "--id",
        metavar="KIND:VALUE",
        help="Identifier: imei, imsi, iccid, serial:MAKER/VALUE, mac, phone, email, "
        "account:SERVICE/ID, device:SERVICE/ID; repeat for several.",
    ),
]
WrongOption = Annotated[
    list[str] | None,
    typer.Option("--not-id", metavar="KIND:VALUE", help="Identifier that was stated wrongly."),
]
WithdrawOption = Annotated[
    list[str] | None,
    typer.Option("--withdraw", metavar="NAME", help="Fact to take back, as owner."),
]


def _opened(db: Path, *evidence: Path) -> "Database":
    """The database; one that is made says so, as its name may be a slip.

    Raises:
        BadParameter: it lies in evidence: that which is given, or that which is on record.
    """
    from hashmatch.errors import DatabaseError
    from hashmatch.sightings.database import Database

    written = [("the database", db)]
    check_places([each for each in evidence if each.is_dir()], written=written)
    check_known_exhibits(written)
    made = not db.exists()
    if not made:
        # What is wrong with it is said when it is opened for writing.
        with suppress(DatabaseError):
            check_known_exhibits(written, db)
    database = Database.open(db)
    if made:
        note(f"{db} is a new database: no scan is on record in it")
    return database


def record_exhibit(
    exhibit: Annotated[str, typer.Argument(metavar="EXHIBIT", help="Its label.")],
    *,
    case: CaseOption,
    db: DbOption,
    by: ByOption,
    kind: KindOption = "",
    owner: OwnerOption = "",
    make: MakeOption = "",
    model: ModelOption = "",
    zone: ZoneOption = "",
    acquired: AcquiredOption = "",
    acquired_with: ToolOption = "",
    identifiers: IdentifierOption = None,
    withdrawn: WrongOption = None,
    withdraw: WithdrawOption = None,
    handling: HandlingOption = "",
    why: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """The command `record exhibit`."""
    from hashmatch.errors import HashmatchError

    mark = checked_mark(handling)
    given = (kind, owner, make, model, zone, acquired, acquired_with)
    facts = {name: value for name, value in zip(_FACTS, given, strict=True) if value}
    facts |= dict.fromkeys(withdraw or (), "")
    stated = [_identifier(each, "--id") for each in identifiers or ()]
    wrong = [_identifier(each, "--not-id") for each in withdrawn or ()]
    with _opened(db) as database:
        try:
            said = {"by": by, "why": why, "handling": mark}
            found = database.record_exhibit(case, exhibit, facts, stated, withdrawn=wrong, **said)
        except HashmatchError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    _show_exhibit(found, as_json=as_json)


def _show_exhibit(found: "ExhibitRecord", *, as_json: bool) -> None:
    if as_json:
        json_line({"record": "exhibit", **found.to_dict()})
        return
    what = found.kind.value if found.kind else "exhibit"
    owned = f" of {found.owner}" if found.owner else ""
    line(printable(f"case {found.case}, {found.label}: {what}{owned}, on record"))
    for each in found.identifiers:
        line(printable(f"  {each}  ({each.grade.value})"))
    if found.handling:
        line(printable(f"  HANDLING: {found.handling}"))


def _identifier(words: str, option: str) -> "Identifier":
    """The identifier that an option names.

    Raises:
        BadParameter: it is none.
    """
    from hashmatch.model.identifier import Identifier

    kind, colon, rest = words.partition(":")
    service, slash, value = rest.partition("/")
    if not colon:
        msg = f"{words[:60]!r} has no kind: write imei:…, phone:…, account:SERVICE/ID"
        raise typer.BadParameter(msg, param_hint=option)
    try:
        return Identifier.of(kind, value if slash else rest, service if slash else "")
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


MapOption = Annotated[
    Path | None, typer.Option("--map", metavar="FILE", help="What the columns of a table are.")
]
UnzonedOption = Annotated[
    str,
    typer.Option(metavar="ZONE", help="Zone of times without one; by default that of the exhibit."),
]
DespiteErasureOption = Annotated[
    bool,
    typer.Option(
        "--despite-erasure",
        help="Record a unit that was erased by order of a court; the import notes it.",
    ),
]


def record_import(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="File, folder or ZIP archive.")],
    *,
    case: CaseOption,
    exhibit: Annotated[
        str, typer.Option("--exhibit", metavar="NAME", help="What the events belong to.")
    ],
    db: DbOption,
    mapping: MapOption = None,
    zone: UnzonedOption = "",
    table_format: Annotated[
        str, typer.Option("--format", metavar="NAME", help="Ready map, where several fit.")
    ] = "",
    against: EventsAgainstOption = None,
    fail_on_match: FailOnMatchOption = False,
    handling: HandlingOption = "",
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who says how far it may be passed on.")
    ] = "",
    despite_erasure: DespiteErasureOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `record import`."""
    from hashmatch.cli.outcome import end
    from hashmatch.intake import Mapping, units

    mark = _mark_by(handling, by)
    described = Mapping.read(mapping) if mapping is not None else None
    quarantined = 0
    known = KnownEvents(against)
    place = {"case": case, "exhibit": exhibit}
    with _opened(db, path) as database:
        last = database.store.one("SELECT coalesce(max(id), 0) FROM imports")
        at = zone or _zone_of(database, case, exhibit)
        for unit in units(path, mapping=described, zone=at, format=table_format):
            if mark:
                database.mark_unit(unit.header.sha256, mark, by=by, **place)
            events, notes = known.of(unit)
            found = database.record_import(
                unit.header, events, notes, **place, despite_erasure=despite_erasure
            )
            quarantined += found.quarantined
            _show_import(found, as_json=as_json)
        _note_seen_before(database, last, case, exhibit)
    lacking = quarantined or known.lacks_something()
    end(matched=fail_on_match and bool(known.matched), unreadable=lacking)


def _mark_by(handling: str, by: str) -> str:
    """The handling mark that somebody gives; empty if none is given.

    Raises:
        BadParameter: it is none, or nobody gives it.
    """
    mark = checked_mark(handling)
    if mark and not by.strip():
        msg = "the record says who marks something: give --by NAME with --handling"
        raise typer.BadParameter(msg, param_hint="--by")
    return mark


def _zone_of(database: "Database", case: str, exhibit: str) -> str:
    """The time zone of an exhibit; empty if none is on record."""
    there = {(each.case, each.label): each.zone for each in database.exhibit_records()}
    return there.get((case, exhibit), "")


def _note_seen_before(database: "Database", last: int, case: str, exhibit: str) -> None:
    """Say how many items of the imports behind one others had before, if any."""
    from hashmatch.tracing.events import waiting
    from hashmatch.tracing.news import of_imports, seen_before

    if database.store.one("SELECT coalesce(max(id), 0) FROM imports") == last:
        return
    count, cases = of_imports(database, last, case=case, exhibit=exhibit)
    if said := seen_before(count, cases, "item"):
        note(f"{said}: `hashmatch trace links --case {case}` shows them")
    if left := waiting(database.store):
        note(
            f"not compared with {number_of(left, 'picture or video', 'pictures and videos')} that "
            "are in no cluster yet: `hashmatch trace links` does so"
        )


def _show_import(found: "ImportRecord", *, as_json: bool) -> None:
    if as_json:
        json_line(found.to_dict())
        return
    if found.known:
        line(printable(f"{found.unit.name}: on record as import {found.id} already"))
        return
    told = number_of(found.events, "event")
    line(printable(f"{found.unit.name} ({found.unit.format}): {told}, import {found.id}"))
    if found.repeated:
        line(f"  {number_of(found.repeated, 'event')} on record in another form already")
    if found.quarantined:
        line(f"  {number_of(found.quarantined, 'row')} not understood, quarantined")
    for each in found.notes:
        note(f"{found.unit.name}: {each}")


def record_case(
    case: Annotated[str, typer.Argument(metavar="N", help="The lab's own number.")],
    *,
    db: DbOption,
    by: ByOption,
    contact: Annotated[str, typer.Option(metavar="TEXT", help="Whom others ask.")] = "",
    access: Annotated[
        str, typer.Option(metavar="open|pointer|hidden", help="What other cases may learn.")
    ] = "",
    link_unknown: Annotated[
        str, typer.Option(metavar="yes|no", help="Whether unknown items make links.")
    ] = "",
    handling: HandlingOption = "",
    why: ReasonOption = "",
    as_json: JsonOption = False,
) -> None:
    """The command `record case`."""
    from hashmatch.sightings.statements import Said, Topic
    from hashmatch.tracing.places import ACCESS, CONTACT, LINK_UNKNOWN
    from hashmatch.tracing.values import Access

    if access:
        try:
            access = Access(access).value
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--access") from None
    if link_unknown not in {"", "yes", "no"}:
        msg = "it is yes or no"
        raise typer.BadParameter(msg, param_hint="--link-unknown")
    given = {CONTACT: contact, ACCESS: access, LINK_UNKNOWN: link_unknown}
    said = [Said(field, value) for field, value in given.items() if value]
    mark = checked_mark(handling)
    if not (said or mark):
        msg = "nothing is stated: give --contact, --access, --link-unknown or --handling"
        raise typer.BadParameter(msg)
    with _opened(db) as database:
        numbers: tuple[int, ...] = ()
        if mark:
            numbers = database.mark_case(case, mark, by=by, why=why)
        if said:
            numbers += database.record_statements(Topic.CASE, said, by=by, why=why, case=case)
    said += [Said("handling", mark)] if mark else []
    if as_json:
        told = {each.field: each.value for each in said}
        json_line({"record": "statement", "case": case, **told, "rows": [*numbers]})
        return
    for each in said:
        line(printable(f"case {case}: {each.field} {each.value}, on record"))
