"""Signatures of the audit chain: rows of it that sign all that is before them.

A signature is an audit row like others: it cannot be taken out of the chain unseen, and a copy
of the file carries it. Its message is `hashmatch audit 1`, a line feed, and the canonical JSON of
`[seq, at, actor, host, action, details, previous]`, the details without the signature; as
`previous` seals every row before it, one signature is of all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hashmatch.sightings import audit, keys
from hashmatch.sightings.actions import Action
from hashmatch.sightings.encoding import canonical
from hashmatch.sightings.keys import Signer
from hashmatch.sightings.replaying import AuditRow
from hashmatch.sightings.store import Row, Store
from hashmatch.sightings.verdict import Problem

ALGORITHM: Final = "ed25519"
_LINE: Final = "hashmatch audit 1\n"
_HOW: Final = "`hashmatch audit sign` signs all that is on record"
_SHOWN: Final = 16
"""Digits of a key that a message shows."""


def sign(store: Store, signer: Signer) -> None:
    """Sign the chain as it is.

    Raises:
        DatabaseError: it cannot be written.
        SigningError: the key cannot be used.
    """
    told = {"algorithm": ALGORITHM, "key": signer.public.hex()}
    with store.transaction():
        row = audit.prepared(store, Action.SIGNATURE, told, at=audit.now())
        signature = signer.sign(_message(row))
        audit.insert(store, (*row[:5], {**row[5], "signature": signature.hex()}, row[6]))


def _message(row: Row) -> bytes:
    return f"{_LINE}{canonical(row)}".encode("ascii")


def checked(
    signatures: Sequence[tuple[AuditRow, str]], rows: int, wanted: Iterable[bytes]
) -> Iterator[Problem]:
    """What is wrong with signatures by these keys, and which rows they do not sign.

    Args:
        signatures: the audit rows that sign, each with its `previous`.
        rows: of the chain.
        wanted: public keys; signatures by others say nothing.
    """
    last, known = 0, set(wanted)
    for row, right in _by(signatures, known):
        if right:
            last = row.seq
    yield from wrong(signatures, known)
    if not last:
        what = f"nothing is signed with the key that was asked for; {_HOW}"
        yield Problem(what, "audit")
    elif last < rows:
        one = f"audit row {rows} is not signed"
        what = f"audit rows {last + 1} to {rows} are not signed" if last + 1 < rows else one
        yield Problem(f"{what}; {_HOW}", "audit", last + 1, last + 1)


def wrong(signatures: Sequence[tuple[AuditRow, str]], wanted: Iterable[bytes]) -> Iterator[Problem]:
    """Signatures by these keys that are wrong."""
    for row, right in _by(signatures, wanted):
        if not right:
            yield Problem("its signature is wrong", "audit", row.seq, row.seq)


def _by(
    signatures: Sequence[tuple[AuditRow, str]], wanted: Iterable[bytes]
) -> Iterator[tuple[AuditRow, bool]]:
    """The rows that these keys sign, and whether each signature is right."""
    known = set(wanted)
    for row, previous in signatures:
        told: Mapping[str, Any] = row.details
        key = bytes.fromhex(told["key"])
        if key not in known:
            continue
        unsigned = {name: value for name, value in told.items() if name != "signature"}
        message = _message((row.seq, row.at, row.actor, row.host, row.action, unsigned, previous))
        right = told["algorithm"] == ALGORITHM and keys.is_signed(
            key, message, bytes.fromhex(told["signature"])
        )
        yield row, right


def unchecked(signatures: Sequence[tuple[AuditRow, str]]) -> Iterator[Problem]:
    """What a reader must know of signatures that nobody gave a key for."""
    last: dict[str, int] = {str(row.details["key"]): row.seq for row, _ in signatures}
    for key, seq in last.items():
        what = f"signed up to row {seq} with the key {key[:_SHOWN]}…, which was not checked"
        yield Problem(what, "audit", seq, seq)
