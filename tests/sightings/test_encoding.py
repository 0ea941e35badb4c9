"""Values are written so that they come back exactly."""

from hypothesis import example, given
from hypothesis import strategies as st

from hashmatch.sightings.encoding import canonical, digest, digests, from_text, to_text

ANY = st.text(st.characters() | st.sampled_from('"\\\0u' + "\ud83d\ude00\udcff"))


@given(ANY)
def test_text_comes_back_and_is_utf8(value: str) -> None:
    text = to_text(value)
    assert from_text(text) == value
    assert b"\0" not in text.encode()


@given(ANY, ANY)
def test_different_text_is_written_differently(one: str, other: str) -> None:
    assert (to_text(one) == to_text(other)) == (one == other)


def test_plain_text_stays_as_it_is() -> None:
    for value in ("", "DCIM/a b.jpg", "čeština/漢字.jpg", "back\\slash", "it's"):
        assert to_text(value) == value


def test_canonical_json_is_one_text_and_its_digest_stays() -> None:
    assert canonical({"b": [1, None, b"\xff"], "a": "é"}) == '{"a":"\\u00e9","b":[1,null,"ff"]}'
    # Recomputed by others from the documentation: this must never change.
    assert digest([1, "a", None]).hex() == (
        "6f9c54658fdbc2f155e7105e0ad633c8c03e83b677a6b8a5dfb7541264b83622"
    )


JSON = st.recursive(
    st.none()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY, inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=6))
@example(["\0"])
@example([["a", "\0", "b"], "c"])
@example([',"\\u0000",', ',"\0",'])
def test_digests_of_many_values_are_those_of_each(values: list[object]) -> None:
    assert digests(values) == [digest(each) for each in values]
