"""Reports to the CyberTipline made up by Hypothesis, with what each section may be said to be."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

SECTIONS = {
    "personOrUserReported": {"holder", "uploader", "unknown"},
    "victim": {"victim"},
    "intendedRecipient": {"recipient"},
    "associatedAccount": {"associated"},
    "reporter": {"reporter"},
}
NAMES = ("Login", "Upload", "Registration", "Purchase", "Other", "Unknown", "upload")


@dataclass
class Tip:
    """A report as text, and to which section each account and address belongs."""

    text: str = ""
    accounts: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


def _captures(number: int, count: int, names: list[str]) -> tuple[str, list[str]]:
    made, addresses = [], []
    for at in range(count):
        address = f"198.51.{number}.{at}"
        addresses.append(address)
        made.append(
            f"<ipCaptureEvent><ipAddress>{address}</ipAddress>"
            f"<eventName>{names[at % len(names)]}</eventName>"
            f"<dateTime>2026-03-01T10:{number % 60:02}:{at % 60:02}Z</dateTime></ipCaptureEvent>"
        )
    return "".join(made), addresses


@st.composite
def tips(draw: st.DrawFn) -> Tip:
    """A report with sections in any order, each with an account and addresses of its own.

    Sections hold their parts at any depth, in elements of unknown names, and other sections; the
    innermost counts, unless it lies in a victim's or reporter's.
    """
    tip = Tip()
    number = 0

    def section(kind: str, outer: str, depth: int) -> str:
        nonlocal number
        number += 1
        account = f"id{number}"
        own = outer if outer in {"victim", "reporter"} else kind
        names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))
        captures, addresses = _captures(number, draw(st.integers(0, 3)), names)
        tip.accounts[account] = own
        tip.addresses |= dict.fromkeys(addresses, own)
        inner = ""
        if depth and draw(st.booleans()):
            inner = section(draw(st.sampled_from(["associatedAccount", "victim"])), own, depth - 1)
        parts = [f"<espIdentifier>{account}</espIdentifier>", captures, inner]
        body = "".join(draw(st.permutations(parts)))
        wrapped = draw(st.sampled_from(["", "person", "somethingNew"]))
        body = f"<{wrapped}>{body}</{wrapped}>" if wrapped else body
        return f"<{kind}>{body}</{kind}>"

    kinds = draw(st.lists(st.sampled_from(sorted(SECTIONS)), min_size=1, max_size=5))
    sections = [section(kind, "", 1) for kind in kinds]
    files = draw(st.integers(0, 2))
    sections += [
        f"<fileDetails><fileId>f{each}</fileId><originalFileHash hashType='MD5'>{each:032}"
        "</originalFileHash></fileDetails>"
        for each in range(files)
    ]
    body = "".join(draw(st.permutations(sections)))
    tip.text = f"<report><incidentSummary/><reportId>7</reportId>{body}</report>"
    return tip
