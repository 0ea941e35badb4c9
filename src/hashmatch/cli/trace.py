"""`hashmatch trace`: where known and unknown material travelled, from the record alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.trace_opening import check_case, covered, opened
from hashmatch.cli.trace_output import (
    marked,
    note_handling,
    show_copies,
    show_coverage,
    show_links,
    show_occurrences,
    show_statement,
)
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database

LINKS_HELP = """Show what several exhibits, cases and accounts have in common, the rarest first.

A link is an entry of a hash list, a cluster of near-duplicates, an identifier (account, phone, IMEI
and the like), the serial number of a camera or of a lens, or the unique id of an exposure that
occurs in more than one exhibit. Every link says
in how many of all exhibits it occurs and names the rows that prove it. A link is a hint of what to
look at, never a statement about a person.

Unknown items make links only in cases that allow it (`record case N --link-unknown yes`), and not
where they lie on more than a quarter of all exhibits, as wallpapers and stickers do. Pictures of
little detail, and items that a list calls harmless, make none. Victims and reporters are in no link
unless --protected asks for them. --all shows what makes no link too, each with the reason.

Pictures and videos that came on record since the last time are clustered first; --no-update leaves
the database as it is.

\b
Examples:
  hashmatch trace links --db lab.sightings
  hashmatch trace links --db lab.sightings --case 2026-0417 --kind entry --json
"""

CLUSTERS_HELP = """Show clusters of pictures that are near to each other, in several exhibits.

Each member is within 22 bits of the medoid, the first picture of the cluster, so that series of
pictures of which each resembles the next do not end in one cluster. Numbers of clusters stay when
new members come in.

\b
Example:
  hashmatch trace clusters --db lab.sightings
"""

WHO_HELP = """Show where one thing was seen, and in which role somebody had it.

THING is a digest (MD5, SHA-1 or SHA-256), a hash (`pdq:…`), an entry of a hash list
(`entry:LIST/ID`), a cluster (`cluster:N`), or an identifier (`account:SERVICE/ID`, `imei:…`,
`email:…`, `phone:…`, `ip:…`).
Sightings that only label an item (entries called harmless, suppressed matches) are no places.
Of the rows that prove it the times are shown, each with its kind and as the interval that it can be
in: `in-name` is the one that a messenger or a camera wrote into the name of this copy, and those
that begin with `in-file` stand in the file.
Below the answer stands what was searched: "seen nowhere else" means no more than that. The exit
code is 10 where the thing was seen.

\b
Examples:
  hashmatch trace who entry:vic/12345 --db lab.sightings
  hashmatch trace who account:example.org/4711 --db lab.sightings --json
"""

NEW_HELP = """Show what came on record behind a run, and had been seen in other exhibits before.

Entries of hash lists and, where a case allows it, unknown pictures and videos: what makes no link
by default is no news.

\b
Example:
  hashmatch trace new --since 41 --db lab.sightings
"""

EXCLUDE_HELP = """Put on record that something makes no links, or that it does again.

THING is the key of a link, as `trace links` shows it. The record keeps who excluded it, and why;
--again takes it back.

\b
Examples:
  hashmatch trace exclude cluster:12 --db lab.sightings --by 'A. Meier' --why 'icon of an app'
  hashmatch trace exclude cluster:12 --db lab.sightings --by 'A. Meier' --why 'error' --again
"""

VERDICT_HELP = """Put on record what a person says of a link: same, not-the-same or explained.

It is shown with the link from then on. A link that is not the same, or explained, is shown with
--all only. On a cluster a verdict names the bytes of its medoid, so that it holds however pictures
are clustered later.

\b
Example:
  hashmatch trace verdict cluster:12 not-the-same --db lab.sightings --by 'A. Meier' \\
      --why 'two rooms'
"""

COVERAGE_HELP = """Show what was searched of every exhibit: what a "no" of `trace` means.

\b
Example:
  hashmatch trace coverage --db lab.sightings
"""

DbOption = Annotated[
    Path,
    typer.Option("--db", metavar="FILE", envvar="HASHMATCH_DB", help="The database of sightings."),
]
CaseOption = Annotated[
    str,
    typer.Option(
        "--case",
        metavar="N",
        help="The case that asks: its links alone are shown, and of other cases what these allow.",
    ),
]
ProtectedOption = Annotated[
    bool, typer.Option("--protected", help="Show victims and reporters too, marked as such.")
]
UpdateOption = Annotated[
    bool, typer.Option("--update/--no-update", help="Cluster what is new on record first.")
]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so.")]
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason for it.")]


def trace_links(
    *,
    db: DbOption,
    case: CaseOption = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            metavar="entry|cluster|identifier|camera|lens|exposure",
            help="Links of this kind alone; repeat for several.",
        ),
    ] = None,
    max_sources: Annotated[
        int | None,
        typer.Option(
            min=2,
            metavar="N",
            help="Exhibits in which an unknown item may lie; by default a quarter of all, at least "
            "3, at most 20.",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show what makes no link too, with the reason.")
    ] = False,
    protected: ProtectedOption = False,
    update: UpdateOption = True,
    as_json: JsonOption = False,
) -> None:
    """The command `trace links`."""
    from hashmatch.tracing.links import EVERY, Question, links
    from hashmatch.tracing.values import LinkKind

    kinds = EVERY
    if kind:
        try:
            kinds = frozenset(map(LinkKind, kind))
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--kind") from None
    asked = Question(
        case=case, kinds=kinds, max_sources=max_sources, every=True, protected=protected
    )
    with opened(db, update=update) as database:
        check_case(database, case)
        found = links(database, asked)
        shown = found if every else found[: found.linking]
        show_links(shown, as_json=as_json)
        if withheld := len(found) - len(shown):
            note(f"{withheld:,} more make no link by default: --all shows them, with the reason")
        show_coverage(covered(database, case), as_json=as_json, short=True)


def trace_clusters(
    *,
    db: DbOption,
    case: CaseOption = "",
    update: UpdateOption = True,
    as_json: JsonOption = False,
) -> None:
    """The command `trace clusters`."""
    from hashmatch.tracing.links import Question, links
    from hashmatch.tracing.values import LinkKind

    asked = Question(case=case, kinds={LinkKind.CLUSTER}, every=True)
    with opened(db, update=update) as database:
        check_case(database, case)
        show_links(links(database, asked), as_json=as_json)
        show_coverage(covered(database, case), as_json=as_json, short=True)


def trace_who(
    thing: Annotated[str, typer.Argument(metavar="THING", help="What is asked for.")],
    *,
    db: DbOption,
    case: CaseOption = "",
    protected: ProtectedOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `trace who`."""
    from hashmatch.cli.outcome import end
    from hashmatch.errors import HashmatchError
    from hashmatch.tracing.asking import who

    with opened(db, update=False) as database:
        check_case(database, case)
        try:
            answer = who(database, thing, viewer=case, protected=protected)
        except HashmatchError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="THING") from None
        if as_json:
            json_line(answer.to_dict())
        else:
            seen = number_of(len(answer.occurrences), "place")
            line(printable(f"{answer.asked}: {seen}{marked(answer.handling)}"))
            show_occurrences(answer.occurrences)
            show_copies(answer.copies)
            show_coverage(answer.coverage, as_json=False, short=True)
    end(matched=bool(answer.occurrences))


def trace_new(
    *,
    db: DbOption,
    since: Annotated[
        int,
        typer.Option("--since", min=0, metavar="RUN", help="Number of a run; later ones count."),
    ],
    case: CaseOption = "",
    update: UpdateOption = True,
    as_json: JsonOption = False,
) -> None:
    """The command `trace new`."""
    from hashmatch.tracing.news import news

    with opened(db, update=update) as database:
        check_case(database, case)
        found = news(database, since, viewer=case)
        for each in found:
            if as_json:
                json_line(each.to_dict())
                continue
            line(printable(f"{each.key}{marked(each.handling)}"))
            show_occurrences(each.now, "now")
            show_occurrences(each.before, "before")
        if not as_json:
            note_handling(mark for each in found for mark in each.handling)
            line(f"{number_of(len(found), 'item')} seen before in other exhibits")


def trace_exclude(
    thing: Annotated[str, typer.Argument(metavar="THING", help="Key of a link.")],
    *,
    db: DbOption,
    by: ByOption,
    why: WhyOption,
    again: Annotated[
        bool, typer.Option("--again", help="Take it back: it makes links again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """The command `trace exclude`."""
    from hashmatch.sightings.statements import Said, Topic
    from hashmatch.tracing.judging import EXCLUDED

    with opened(db, update=False, writable=True) as database:
        key = _lasting(database, thing)
        said = [Said(EXCLUDED, "yes", key, withdrawn=again)]
        numbers = database.record_statements(Topic.EXCLUSION, said, by=by, why=why)
    state = "makes links again" if again else "makes no links"
    show_statement(key, state, numbers, as_json=as_json)


def trace_verdict(
    thing: Annotated[str, typer.Argument(metavar="THING", help="Key of a link.")],
    verdict: Annotated[
        str, typer.Argument(metavar="VERDICT", help="same, not-the-same or explained.")
    ],
    *,
    db: DbOption,
    by: ByOption,
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """The command `trace verdict`."""
    from hashmatch.sightings.statements import Said, Topic
    from hashmatch.tracing.judging import VERDICT
    from hashmatch.tracing.values import Verdict

    try:
        said = Verdict(verdict)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="VERDICT") from None
    with opened(db, update=False, writable=True) as database:
        key = _lasting(database, thing)
        numbers = database.record_statements(
            Topic.LINK, [Said(VERDICT, said.value, key)], by=by, why=why
        )
    show_statement(key, said.value, numbers, as_json=as_json)


def trace_coverage(*, db: DbOption, case: CaseOption = "", as_json: JsonOption = False) -> None:
    """The command `trace coverage`."""
    with opened(db, update=False) as database:
        check_case(database, case)
        show_coverage(covered(database, case), as_json=as_json, short=False)


def _lasting(database: "Database", thing: str) -> str:
    """A key that lasts: of a cluster the digest of its medoid, whatever is clustered later."""
    from hashmatch.tracing.gathering import medoids

    kind, colon, number = thing.partition(":")
    if not colon:
        msg = "it is the key of a link, as `trace links` shows it: entry:vic/123, cluster:12"
        raise typer.BadParameter(msg, param_hint="THING")
    if kind == "cluster":
        found = medoids(database.store, [int(number)]) if number.isdecimal() else {}
        if not found:
            msg = f"there is no cluster {number[:40]!r} on record"
            raise typer.BadParameter(msg, param_hint="THING")
        return f"sha256:{found[int(number)]}"
    return thing
