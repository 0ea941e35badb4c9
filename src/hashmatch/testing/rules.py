"""How a check says which rule does not hold."""


def expect(holds: bool, name: str, rule: str) -> None:  # noqa: FBT001 (an assertion)
    """Go on where a rule holds.

    Args:
        holds: whether it does.
        name: of what is checked.
        rule: in words.

    Raises:
        AssertionError: it does not, with the rule.
    """
    if not holds:
        msg = f"{name}: {rule}"
        raise AssertionError(msg)
