"""`hashmatch audit`: proof of what is on record."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from hashmatch.cli.exit_codes import EXIT_INTEGRITY
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.places import check_exhibits, check_known_exhibits
from hashmatch.cli.signing import CheckedHeadLogOption, HeadLogOption, PublicKeyOption
from hashmatch.wording import number_of

_HEAD: Final = re.compile("[0-9a-f]{64}")

HELP = """Prove that a database of sightings is as it was recorded, row by row.

Recomputes the audit chain and the digest of every item, hash and sighting, and names the first row
that was altered, removed, inserted or put out of order. Exit code 5 says that something is wrong.
With the head that a report shows, it also proves that the record still continues that report;
--head-log does so for every head in a file. With --key every row must be signed with that key.

\b
Examples:
  hashmatch audit verify --db lab.sightings
  hashmatch audit verify --db lab.sightings --head 3f1c…
  hashmatch audit verify --db lab.sightings --head-log /mnt/safe/heads.jsonl --key lab.key.pub
"""

KEY_HELP = """Make a key with which the laboratory signs its records (Ed25519).

The private key is readable by its owner alone; the public one, beside it with the ending .pub, is
for everybody who checks signatures. Keep the private key on another machine or medium than the
databases: anyone who has both can forge a record.

\b
Examples:
  hashmatch audit key --out /mnt/safe/lab.key --passphrase
"""

SIGN_HELP = """Sign all that is on record so far.

The signature is a row of the audit chain: it covers every row before it. A scan signs its record
at its end if it is given --sign.

\b
Examples:
  hashmatch audit sign --db lab.sightings --key /mnt/safe/lab.key
  hashmatch audit sign --db lab.sightings \\
      --key 'pkcs11:token=lab;object=records?module-path=/usr/lib/softhsm/libsofthsm2.so'
"""

_DATABASE = typer.Option(
    "--db", metavar="FILE", envvar="HASHMATCH_DB", help="Database of sightings."
)


def verify_audit(
    *,
    db: Annotated[
        Path,
        typer.Option(
            "--db",
            metavar="FILE",
            envvar="HASHMATCH_DB",
            help="Database of sightings; never written.",
        ),
    ],
    head: Annotated[
        str, typer.Option(metavar="SHA256", help="Head of the chain that a report shows.")
    ] = "",
    head_log: CheckedHeadLogOption = None,
    key: PublicKeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """The command `audit verify`."""
    from hashmatch.sightings import keys
    from hashmatch.sightings.database import Database

    head = head.strip().lower()
    if head and not _HEAD.fullmatch(head):
        msg = (
            "a head is all 64 hex digits that a report shows; this is "
            f"{number_of(len(head), 'character')} long, or has other characters"
        )
        raise typer.BadParameter(msg, param_hint="--head")
    wanted = [keys.public(path) for path in key or ()]
    with Database.open(db, read_only=True) as database:
        verdict = database.verify(head=head, head_log=head_log, keys=wanted)
    if as_json:
        json_line(verdict.plain())
    else:
        for label, found in (("WRONG", verdict.problems), ("note ", verdict.remarks)):
            for problem in found:
                where = f"{problem.table} {problem.row}: " if problem.row is not None else ""
                told = f"  (audit row {problem.seq})" if problem.seq is not None else ""
                line(f"{label}  {where}{printable(problem.what)}{told}")
        if verdict.passed:
            line(f"ok     {verdict.rows:,} audit rows, head {verdict.head}")
    if not verdict.passed:
        count = number_of(len(verdict.problems), "problem")
        note(f"{count}, oldest first: do not rely on this database")
        raise typer.Exit(EXIT_INTEGRITY)


def make_key(
    *,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="File for the private key; it must not exist yet.")
    ],
    passphrase: Annotated[
        bool,
        typer.Option(
            "--passphrase",
            help="Encrypt it, with HASHMATCH_SIGNING_PASSPHRASE or a passphrase that is typed in.",
        ),
    ] = False,
) -> None:
    """The command `audit key`."""
    import os

    from hashmatch.sightings import keys

    secret = ""
    if passphrase:
        secret = os.environ.get("HASHMATCH_SIGNING_PASSPHRASE", "") or typer.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=True, err=True
        )
    check_known_exhibits([("the key", out)])
    public = keys.make(out, secret)
    line(f"public key {public.hex()}: {printable(str(out))}.pub")


def sign_audit(
    *,
    db: Annotated[Path, _DATABASE],
    key: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            envvar="HASHMATCH_SIGNING_KEY",
            help="Private key: a file, or a pkcs11: URI of a token.",
        ),
    ],
    head_log: HeadLogOption = None,
) -> None:
    """The command `audit sign`."""
    from hashmatch.cli.signing import hand_out, signer_of
    from hashmatch.errors import MissingDatabaseError
    from hashmatch.sightings.database import Database

    if not db.exists():
        msg = f"there is no database {db}"
        raise MissingDatabaseError(msg)
    signer = signer_of(key)
    with Database.open(db) as database:
        check_exhibits([("the head log", head_log)], database)
        hand_out(database, case="", signer=signer, head_log=head_log)
