"""Keys that verbs sign the record with, and heads that they keep elsewhere."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.output import note

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.heads import Head
    from hashmatch.sightings.keys import Signer

_OF_FILE: Final = "HASHMATCH_SIGNING_PASSPHRASE"
_OF_SMARTCARD: Final = "HASHMATCH_PKCS11_PIN"
"""Variables that hold what opens a key, where nobody sits at a terminal."""

HeadLogOption = Annotated[
    Path | None,
    typer.Option(
        "--head-log",
        metavar="FILE",
        envvar="HASHMATCH_HEAD_LOG",
        help="File on another medium to which heads of the audit chain are appended.",
    ),
]

CheckedHeadLogOption = Annotated[
    Path | None,
    typer.Option(
        "--head-log",
        metavar="FILE",
        envvar="HASHMATCH_HEAD_LOG",
        help="File of heads: all heads of this database must be part of the chain.",
    ),
]

PublicKeyOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--key",
        metavar="PUBLICKEY",
        help="Public key that all rows must be signed with; repeat for several.",
    ),
]

SignOption = Annotated[
    str,
    typer.Option(
        "--sign",
        metavar="KEY",
        envvar="HASHMATCH_SIGNING_KEY",
        help="Sign the record with this key: a file, or a pkcs11: URI of a token.",
    ),
]


def signer_of(key: str) -> "Signer":
    """The private key in a file or token; its passphrase is asked for where it needs one.

    Raises:
        SigningError: it cannot be used.
    """
    from hashmatch.sightings import keys, tokens

    if key.startswith(tokens.SCHEME):
        return tokens.signer(key, _secret(_OF_SMARTCARD, "PIN of the token"))
    path = Path(key)
    passphrase = _secret(_OF_FILE, f"Passphrase of {path}") if keys.is_encrypted(path) else ""
    return keys.private(path, passphrase)


def _secret(variable: str, prompt: str) -> str:
    """A secret from the environment, or typed in where somebody sits at a terminal."""
    if variable in os.environ:
        return os.environ[variable]
    if sys.stdin is not None and sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True, err=True))
    return ""


def check_head_log(path: Path) -> None:
    """See that heads can be kept, before any work is done.

    Raises:
        OutputError: they cannot.
    """
    from hashmatch.sightings import heads

    heads.check_writable(path)


def hand_out(
    database: "Database", *, case: str, signer: "Signer | None", head_log: Path | None
) -> "Head":
    """Sign the record if there is a key, and let its head leave the database.

    Raises:
        DatabaseError: it cannot be signed.
        OutputError: the head cannot be kept.
        SigningError: the key cannot be used.
    """
    from hashmatch.sightings import heads

    if signer is not None:
        database.sign(signer)
    head = database.head(case)
    signed = f", signed with the key {head.key}" if head.key else ""
    note(f"audit chain: {head.rows:,} rows, head {head.sha256}{signed}")
    if head_log is not None:
        heads.append(head_log, head)
    return head
