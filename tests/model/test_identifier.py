"""Identifiers have one form in which two of them are compared, and a grade."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.model.identifier import Grade, Identifier, IdentifierKind

STRONG, WEAK, NONE = Grade.STRONG, Grade.WEAK, Grade.NONE


@pytest.mark.parametrize(
    ("kind", "given_as", "same", "grade"),
    [
        ("email", "Jo@Example.NET ", "email:jo@example.net", STRONG),
        ("phone", "+1 (202) 555-0100", "phone:+12025550100", STRONG),
        ("phone", "0049 (0)151 1234.5678", "phone:+4915112345678", STRONG),
        ("phone", "0151/12345678", "phone:015112345678", WEAK),
        ("imei", "49-015420-323751-8", "imei:49015420323751", STRONG),
        ("imei", "49015420323751", "imei:49015420323751", STRONG),
        ("imei", "4901542032375101", "imei:49015420323751", STRONG),
        ("imsi", "310150123456789", "imsi:310150123456789", STRONG),
        ("iccid", "8949 0200 0010 2837 4910F", "iccid:8949020000102837491" + "0", STRONG),
        ("mac", "00-1B-44-11-3A-B7", "mac:00:1b:44:11:3a:b7", STRONG),
        ("mac", "001b.4411.3ab7", "mac:00:1b:44:11:3a:b7", STRONG),
        ("mac", "02:1b:44:11:3a:b7", "mac:02:1b:44:11:3a:b7", WEAK),
        ("ip", "203.0.113.9", "ip:203.0.113.9", NONE),
        ("ip", "8.8.8.8", "ip:8.8.8.8", NONE),
        ("ip", "::ffff:8.8.8.8", "ip:8.8.8.8", NONE),
        ("ip", "2A00:1450:0:0:0:0:0:1", "ip:2a00:1450::1", WEAK),
        ("ip", "[2a00:1450::1%eth0]", "ip:2a00:1450::1", WEAK),
        ("ip", "fe80::1", "ip:fe80::1", NONE),
        ("account", " Jo99 ", "account:Jo99", NONE),
        ("screen-name", "Jo99", "screen-name:Jo99", NONE),
        ("device", "abc", "device:abc", NONE),
        ("serial", "c39abc", "serial:C39ABC", WEAK),
    ],
)
def test_forms_and_grades(kind: str, given_as: str, same: str, grade: Grade) -> None:
    found = Identifier.of(kind, given_as)
    assert (str(found), found.grade) == (same, grade)
    assert Identifier.of(found.kind, found.value) == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("email", "jo"), ("email", "@b"), ("email", "a b@c"), ("phone", "12"), ("phone", "call")),
        *(("phone", "1" * 16), ("imei", "490154203237519"), ("imei", "123"), ("imsi", "12")),
        *(("iccid", "1234567890123456789"), ("mac", "00:1b:44:11:3a"), ("ip", "203.0.113.999")),
        *(("ip", "2001:db8::/64"), ("account", ""), ("account", "a\nb"), ("account", "x" * 1025)),
        *(("account", "\u202ejo"), ("shoe", "42"), ("phone", "\u0662025550100")),
    ],
)
def test_what_is_no_identifier_of_its_kind(kind: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each has its own words)
        Identifier.of(kind, text)


def test_a_number_is_unique_within_its_service_alone() -> None:
    one = Identifier.of("account", "7", "Example Chat")
    assert str(one) == "account:example chat/7"
    assert one.grade is STRONG
    assert one == Identifier.of("account", "7", " EXAMPLE chat ")
    assert one != Identifier.of("account", "7", "other")
    assert Identifier.of("email", "a@b", "Example Chat").service == ""
    assert Identifier.of("serial", "x", "Acme").grade is STRONG


@given(st.ip_addresses(v=6))
def test_spellings_of_one_address_are_one(address: ipaddress.IPv6Address) -> None:
    found = Identifier.of("ip", str(address))
    for words in (address.exploded, address.exploded.upper(), f"[{address.compressed}]"):
        assert Identifier.of("ip", words) == found


@given(st.ip_addresses(v=6), st.integers(0, (1 << 64) - 1))
def test_a_household_is_the_first_half_of_an_address(
    address: ipaddress.IPv6Address, other: int
) -> None:
    one = Identifier.of("ip", str(address))
    if ":" not in one.value:
        assert one.household is None  # an IPv4 address that was written as IPv6
        return
    neighbour = (int(address) >> 64 << 64) | other
    beside = Identifier.of("ip", str(ipaddress.IPv6Address(neighbour)))
    household = one.household
    assert household is not None
    assert ":" not in beside.value or beside.household == household
    assert household.grade in {WEAK, NONE}
    assert household.household == household


def test_other_kinds_have_no_household() -> None:
    assert Identifier.of("ip", "8.8.8.8").household is None
    assert Identifier.of("email", "a@b").household is None


def test_every_kind_has_a_form() -> None:
    assert {each.value for each in IdentifierKind} == {
        *("account", "screen-name", "email", "phone", "imei", "imsi", "iccid", "serial", "mac"),
        *("device", "ip"),
    }
