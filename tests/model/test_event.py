"""Events say what happened and who had which part in it; what cannot be on record is refused."""

import json

import pytest

from hashmatch.model.digests import Digests
from hashmatch.model.event import Event, EventKind, ImportedUnit, QuarantinedRow, Role
from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment

EXACT = Moment.of("2026-03-01T10:00:00Z", kind="uploaded")
VAGUE = Moment.of("2026-03-01 10:00:00", kind="uploaded")
V4, V6 = Identifier.of("ip", "8.8.8.8"), Identifier.of("ip", "2a00:1450::1")


def test_only_uploaders_and_holders_act() -> None:
    assert {each for each in Role if each.acts} == {Role.UPLOADER, Role.HOLDER}
    assert Event(kind=EventKind.SEEN).role is Role.UNKNOWN


@pytest.mark.parametrize(
    ("address", "moment", "port", "told"),
    [
        (V4, EXACT, 5000, "yes"),
        (V4, EXACT, None, "no"),
        (V4, VAGUE, 5000, "no"),
        (V4, None, 5000, "no"),
        (V6, EXACT, None, "yes"),
        (V6, VAGUE, None, "no"),
        (None, EXACT, 5000, "no"),
    ],
)
def test_an_address_is_attributable_with_its_port_and_second(
    address: Identifier | None, moment: Moment | None, port: int | None, told: str
) -> None:
    named = (Identifier.of("account", "7", "x"), *([address] if address else []))
    event = Event(kind=EventKind.LOGIN, identifiers=named, moment=moment, port=port)
    assert event.address == address
    assert event.is_attributable == (told == "yes")


def test_what_cannot_be_on_record() -> None:
    for port in (-1, 65536):
        with pytest.raises(ValueError, match="they go from 0 to 65535"):
            Event(kind=EventKind.LOGIN, port=port)
    many = tuple(Identifier.of("account", str(each), "x") for each in range(65))
    for name in ("identifiers", "counterparts"):
        with pytest.raises(ValueError, match="at most 64"):
            Event(kind=EventKind.LOGIN, **{name: many})  # type: ignore[arg-type]  # one of two
    with pytest.raises(ValueError, match="at most 64"):
        Event(kind=EventKind.LOGIN, keys=tuple(map(str, range(65))))
    with pytest.raises(ValueError, match="event kind is upload"):
        Event(kind="sight")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(ValueError, match="role is uploader"):
        Event(kind="seen", role="suspect")  # type: ignore[arg-type]  # what is tested


def test_words_are_taken_for_kind_and_role() -> None:
    event = Event(kind="upload", role="victim", service=" Example ")  # type: ignore[arg-type]  # what is tested
    assert (event.kind, event.role, event.service) == (EventKind.UPLOAD, Role.VICTIM, "example")


def test_an_event_has_a_form_in_json() -> None:
    event = Event(
        kind=EventKind.UPLOAD,
        role=Role.UPLOADER,
        identifiers=(V4,),
        digests=Digests(md5="0" * 32),
        hashes=(Hash.fromhex("pdq", "0f" * 32),),
        moment=EXACT,
        fields={"a": "b"},
    )
    found = json.loads(json.dumps(event.to_dict()))
    assert found["kind"] == "upload"
    assert found["name"] is None
    assert found["identifiers"] == [{"kind": "ip", "value": "8.8.8.8", "service": None}]
    assert found["hashes"] == [f"pdq:{'0f' * 32}"]
    assert found["moment"]["stated"] == "2026-03-01T10:00:00Z"
    assert found["fields"] == {"a": "b"}
    assert QuarantinedRow(where="line 2", reason="x").to_dict() == {
        "where": "line 2",
        "reason": "x",
    }
    unit = ImportedUnit(name="a", format="b", sha256="0" * 64)
    assert unit.to_dict()["report"] is None
