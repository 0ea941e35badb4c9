"""`hashmatch lists fetch`: a list of an exchange into an index."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.completing import registered
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import IndexOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.progress import meter
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.cli.progress import Meter
    from hashmatch.exchanges.fetching import Fetched

_UNFINISHED = 1
_REASONS = 10

HELP = """Update a hash list from an exchange: only what is new since the last time is fetched.

EXCHANGE is ncmec, stopncii, tat (Tech Against Terrorism) or threatexchange. Needs
pip install '.[exchanges]'. The account is read from the environment
(HASHMATCH_NCMEC_USER, HASHMATCH_NCMEC_PASSWORD, HASHMATCH_NCMEC_URL; for the others see the
documentation) or from ~/.config/hashmatch/credentials.toml, which nobody else may be able to
read; it is never given on the command line.

What was received is matched even if the fetch is interrupted or fails: the same command continues
from there. Exit code 1 says that the fetch did not finish, 4 that some record was not understood
and was quarantined, 130 that Ctrl-C ended the fetch.

\b
Examples:
  hashmatch lists fetch ncmec --index known --url https://hashsharing.ncmec.org/npo
  hashmatch lists fetch threatexchange --index known --group 1012185296055235
  hashmatch lists fetch stopncii --index known --json
"""


_ExchangeArgument = Annotated[
    str,
    typer.Argument(
        metavar="EXCHANGE",
        autocompletion=registered("exchanges"),
        help="The exchange: ncmec, stopncii, tat or threatexchange.",
    ),
]

_NameOption = Annotated[
    str, typer.Option(metavar="NAME", help="Name of the list in matches.  [default: EXCHANGE]")
]

_UrlOption = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="Address of NCMEC's database; for other exchanges, of a test environment.",
    ),
]

_GroupOption = Annotated[
    str, typer.Option(metavar="NUMBER", help="Privacy group of ThreatExchange, by its number.")
]

_CredentialsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="TOML file with the account, of mode 600; it takes precedence over the environment.",
    ),
]

_SinceOption = Annotated[
    str,
    typer.Option(
        metavar="DATE",
        help="For a new list: fetch only what changed since this date, as 2026-01-31.",
    ),
]

_RestartOption = Annotated[
    bool,
    typer.Option(
        "--restart",
        help="Fetch everything again; the present entries match until that is complete.",
    ),
]

_AsJsonOption = Annotated[bool, typer.Option("--json", help="The summary as a JSON object.")]


def fetch(
    exchange: _ExchangeArgument,
    *,
    index: IndexOption,
    name: _NameOption = "",
    url: _UrlOption = "",
    group: _GroupOption = "",
    credentials: _CredentialsOption = None,
    since: _SinceOption = "",
    restart: _RestartOption = False,
    as_json: _AsJsonOption = False,
) -> None:
    """The command `lists fetch`."""
    from hashmatch.errors import ExchangeError
    from hashmatch.exchanges.fetching import fetch_into, open_exchange

    start = _seconds(since)
    with interruption() as asked:
        stop = asked.is_requested
        opened = open_exchange(exchange, credentials=credentials, url=url, group=group, stop=stop)
        note(f"fetching from {opened.title}, {opened.origin}")
        try:
            with meter(0, "records") as shown:
                done = fetch_into(
                    index,
                    name or exchange,
                    exchange=opened,
                    since=start,
                    restart=restart,
                    stop=stop,
                    on_page=_Pages(shown).update,
                )
        except ExchangeError as error:
            note(f"error: {error}")
            note("what was received before is matched; run the same command again to continue")
            raise typer.Exit(_UNFINISHED) from None
    _show(done, as_json=as_json)
    _note_known_good(index, done.list)
    if done.interrupted:
        again = ", without --restart" if restart else ""
        note(f"interrupted: what was received is matched; continue with the same command{again}")
    end(interrupted=done.interrupted, unreadable=done.quarantined)


def _note_known_good(index: Path, name: str) -> None:
    """Say how many entries of the list count as harmless."""
    from hashmatch.cli.harmless import known_good_notes
    from hashmatch.index.index import Index

    if Index.at(index):
        lists = [known for known in Index(index).lists if known.name == name]
        for words in known_good_notes(lists, index):
            note(words)


class _Pages:
    """Told after every page."""

    def __init__(self, shown: "Meter") -> None:
        self._meter = shown
        self._told = False

    def update(self, seen: "Fetched") -> None:
        if seen.refetch_reason and not self._told:
            note(f"all is fetched again: {seen.refetch_reason}")
            self._told = True
        about = f"{number_of(seen.pages, 'page')}, {seen.quarantined:,} quarantined"
        self._meter.update(seen.entries + seen.withdrawn, about)


def _counts(seen: "Fetched") -> str:
    return (
        f"{number_of(seen.pages, 'page')}: "
        f"{number_of(seen.entries, 'entry', 'entries')} new or changed, "
        f"{seen.withdrawn:,} withdrawn, {number_of(seen.quarantined, 'value')} quarantined"
    )


def _show(done: "Fetched", *, as_json: bool) -> None:
    if as_json:
        from hashmatch.model.plain import plain

        json_line(plain(done))
        return
    line(f"{printable(done.list)}: {_counts(done)}")
    if done.missing:
        missing = number_of(done.missing, "entry", "entries")
        line(f"withdrawn, as the exchange no longer lists them: {missing}")
    reasons = sorted(done.reasons.items(), key=lambda each: -each[1])
    for reason, count in reasons[:_REASONS]:
        note(f"  quarantined: {reason}: {count:,}")
    if len(reasons) > _REASONS:
        note(f"  and {len(reasons) - _REASONS} other reasons")


def _seconds(date: str) -> float:
    """A date, UTC where it does not say, in seconds since 1970; 0 for none."""
    if not date:
        return 0
    try:
        parsed = datetime.fromisoformat(date)
    except ValueError:
        msg = "write the date as 2026-01-31 or 2026-01-31T12:00"
        raise typer.BadParameter(msg, param_hint="--since") from None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
