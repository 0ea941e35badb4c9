"""The page of circulation: one static file without scripts, pictures or requests."""

import shlex
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hashmatch.markup import Markup, foreign, joined, tag
from hashmatch.model.handling import in_words
from hashmatch.reports import provenance
from hashmatch.reports.circulation import beside, figures, scope
from hashmatch.reports.circulation.budget import Budget
from hashmatch.reports.circulation.descent import lineage
from hashmatch.reports.circulation.linked import NAMES, links_of
from hashmatch.reports.circulation.names import asked, name
from hashmatch.reports.circulation.times import timelines
from hashmatch.reports.circulation.words import glossary
from hashmatch.reports.frame import opening, section
from hashmatch.reports.text import shortened, utc
from hashmatch.tracing.reported import MADE_BY, MATERIAL
from hashmatch.tracing.values import LinkKind
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.reports.base import Writing
    from hashmatch.tracing.reported import Circulation

_LINKS: Final = 650_000
_BESIDE: Final = 700_000
_TIMES: Final = 1_300_000
_COPIES: Final = 400_000
_COVERAGE: Final = 300_000
"""Bytes of parts of the page. A page with names as they are usually given has a tenth of it."""
_TITLE: Final = "What exhibits have in common"


class CirculationPage:
    """One page in the making."""

    def __init__(self, found: "Circulation", writing: "Writing") -> None:
        """Hold what is shown.

        Args:
            found: all that the page shows.
            writing: what it says of itself.
        """
        self._found = found
        self._writing = writing
        asked = f" --case {shlex.quote(found.viewer)}" if found.viewer else ""
        self._unfit: dict[str, int] = {}
        self._options = f" --db FILE{asked}{' --protected' if found.protected else ''}"

    def pieces(self) -> Iterator[Markup]:
        """The page from its first line to its last."""
        yield from self._opening()
        yield from self._links()
        yield from self._beside()
        yield from self._times()
        yield from self._copies()
        yield from self._cameras()
        yield from self._figures()
        yield from self._coverage()
        yield from self._left_out()
        yield section("glossary", "Words used on this page")
        yield glossary()
        yield tag("p", "End of the page.", class_="end")
        if self._found.handling:
            yield tag("p", foreign(in_words(self._found.handling)), class_="handling below")
        yield Markup("</main></body></html>")

    def _opening(self) -> Iterator[Markup]:
        found = self._found
        style = files("hashmatch.reports").joinpath("circulation.css").read_text(encoding="utf-8")
        yield opening(
            f"Case {shortened(found.viewer, 100)}: circulation" if found.viewer else _TITLE, style
        )
        if found.handling:
            yield tag("p", foreign(in_words(found.handling)), class_="handling above")
        yield tag("p", "Report of circulation", class_="kicker")
        if found.viewer:
            yield tag("h1", "What case ", name(found.viewer), " has in common with others")
        else:
            yield tag("h1", _TITLE)
        yield self._cover()
        yield tag("section", *scope.summary(found), class_="statement")
        yield self._figures_of_all()
        yield self._contents()

    def _cover(self) -> Markup:
        writing, found = self._writing, self._found
        told: dict[str, object] = {
            "Case that asks": found.viewer,
            "Examiner": writing.examiner,
            "Agency": writing.agency,
            "Note": joined(*(tag("div", foreign(each)) for each in writing.note.splitlines())),
            "Handling": in_words(found.handling),
            "Victims, reporters": "shown, as asked for" if found.protected else "",
            "Written": f"{utc(writing.at)} UTC by hashmatch {writing.tool}",
            "Record": f"{number_of(found.audit_rows, 'row')} of the audit chain; its head is "
            f"{found.audit_head or 'none'}. hashmatch audit verify proves that it was not altered.",
        }
        return provenance.facts({name: value for name, value in told.items() if value})

    def _figures_of_all(self) -> Markup:
        found = self._found
        counts = (
            ("links", found.linking),
            ("exhibits that they connect", found.linked_exhibits),
            ("cases of these", found.linked_cases),
            ("exhibits compared", found.scope.exhibits),
        )
        drawn = (
            tag("div", tag("dt", name), tag("dd", f"{count:,}"), class_="" if at else "main")
            for at, (name, count) in enumerate(counts)
        )
        return tag("dl", *drawn, class_="figures")

    def _contents(self) -> Markup:
        found = self._found
        cameras = sum(each.links for each in found.counts if each.kind in MADE_BY)
        lines = (
            ("links", "Links, the rarest first", found.linking - cameras),
            ("beside", "Exhibits beside each other", len(found.matrix.sources)),
            ("times", "When it was seen", len(found.drawn)),
            ("copies", "Copies, and what was made from which", len(found.lineages)),
            ("cameras", "Cameras", cameras),
            ("figures", "Figures of the record", ""),
            ("coverage", "Coverage", found.scope.exhibits),
            ("left-out", "What this page leaves out", ""),
            ("glossary", "Words used on this page", ""),
        )
        entries = (
            tag(
                "li",
                tag("a", name, href=f"#{anchor}"),
                tag("span", f"{count:,}" if isinstance(count, int) else count),
            )
            for anchor, name, count in lines
        )
        return tag("nav", tag("ul", *entries, class_="contents"), aria_label="Contents")

    def _links(self) -> Iterator[Markup]:
        found = self._found
        yield section("links", "Links, the rarest first")
        yield tag(
            "p",
            "Each line is one thing that several exhibits have. Strong links come first, of these "
            "those in the fewest exhibits. The rows in square brackets prove it.",
            class_="soft",
        )
        for title, kinds in (
            ("Pictures and videos", MATERIAL),
            ("Accounts, devices and numbers", {LinkKind.IDENTIFIER}),
        ):
            shown = found.of_kinds(kinds)
            count = sum(each.links for each in found.counts if each.kind in kinds)
            yield tag("h3", f"{title}: {count:,}")
            budget = Budget(_LINKS)
            yield from links_of(shown, budget) if shown else [tag("p", "None.")]
            yield from self._more_links(count - len(shown) + budget.left_out)
            self._unfit |= {f"{title}, for their long names": budget.left_out}

    def _more_links(self, count: int) -> Iterator[Markup]:
        if count:
            yield tag(
                "p",
                f"{number_of(count, 'more link')} not shown here: ",
                self._command("trace links"),
                class_="left",
            )

    def _beside(self) -> Iterator[Markup]:
        found = self._found.matrix
        yield section("beside", "Exhibits beside each other", len(found.sources))
        if not found.sources:
            yield tag("p", "No two exhibits have something in common.")
            return
        yield tag(
            "p",
            "Each number says how many links two exhibits have. Exhibits that are linked stand "
            "together.",
            class_="soft",
        )
        yield beside.key_to_shades()
        budget = Budget(_BESIDE)
        yield from budget.fitting(joined, beside.tables(found))
        self._unfit |= {"Blocks, for their long names": budget.left_out}
        yield asked(found.pointers, "These cases have links that they do not show:")
        if found.left_out:
            more = number_of(found.left_out, "more exhibit has", "more exhibits have")
            yield tag("p", f"{more} links: ", self._command("trace matrix"), class_="left")

    def _times(self) -> Iterator[Markup]:
        yield section("times", "When it was seen", len(self._found.drawn))
        budget = Budget(_TIMES)
        yield from timelines(self._found, budget)
        self._unfit |= {"Drawings of times, for their long names": budget.left_out}
        for reason, count in self._found.undrawn.items():
            yield tag(
                "p",
                f"{number_of(count, 'more thing')} not drawn, as {reason}: ",
                self._command("trace timeline KEY"),
                class_="left",
            )

    def _copies(self) -> Iterator[Markup]:
        found = self._found
        yield section("copies", "Copies, and what was made from which", len(found.lineages))
        yield tag(
            "p",
            "A hypothesis with reasons, no finding: what files say of themselves can be forged, "
            "and the first copy of all need not be on record. Files of equal bytes are one copy. "
            "“Cannot be told” is an answer.",
            class_="soft",
        )
        links = {each.key: each for each in found.links}
        budget = Budget(_COPIES)
        yield from budget.fitting(lambda each: lineage(each, links[each.link]), found.lineages)
        if not found.lineages:
            yield tag("p", "Of nothing that is shown here two different copies are on record.")
        for reason, count in found.lineages_left_out.items():
            yield tag(
                "p",
                f"{number_of(count, 'more thing')} not shown, as {reason}: ",
                self._command("trace origin KEY"),
                class_="left",
            )
        self._unfit |= {"Copies, for their long names": budget.left_out}

    def _cameras(self) -> Iterator[Markup]:
        shown = self._found.of_kinds(MADE_BY)
        count = sum(each.links for each in self._found.counts if each.kind in MADE_BY)
        yield section("cameras", "Cameras", count)
        told = "Cameras, lenses and exposures that files on several exhibits name. "
        yield tag(
            "p",
            told + "Files say that of themselves, and anyone can have written it. Lenses are lent.",
            class_="soft",
        )
        budget = Budget(_LINKS)
        yield from links_of(shown, budget) if shown else [tag("p", "None.")]
        yield from self._more_links(count - len(shown) + budget.left_out)
        self._unfit |= {"Cameras, for their long names": budget.left_out}

    def _figures(self) -> Iterator[Markup]:
        found = self._found.figures
        yield section("figures", "Figures of the record")
        yield figures.totals(found[0])
        yield from figures.groups(found)
        yield asked(found[0].pointers, "In no figure, as these cases only say that they have it:")

    def _coverage(self) -> Iterator[Markup]:
        found = self._found
        yield section("coverage", "Coverage")
        yield tag("p", "“Seen nowhere else” means no more than what was searched.", class_="soft")
        budget = Budget(_COVERAGE)
        yield from scope.coverage(found, budget)
        self._unfit |= {"Exhibits under Coverage, for their long names": budget.left_out}
        if found.coverage_left_out:
            more = number_of(found.coverage_left_out, "more exhibit")
            yield tag("p", f"{more}: ", self._command("trace coverage"), class_="left")

    def _left_out(self) -> Iterator[Markup]:
        """All that is not on the page, counted, with the command that shows it."""
        found = self._found
        yield section("left-out", "What this page leaves out")
        told: list[tuple[str, int, str]] = [
            (f"Links: {NAMES[each.kind]}", each.left_out, f"trace links --kind {each.kind.value}")
            for each in found.counts
        ]
        told += [
            (f"No link by default: {reason}", count, "trace links --all")
            for reason, count in found.no_links.items()
        ]
        told += [
            (f"Things whose times are not drawn: {reason}", count, "trace timeline KEY")
            for reason, count in found.undrawn.items()
        ]
        told += [
            (f"Things whose copies are not compared: {reason}", count, "trace origin KEY")
            for reason, count in found.lineages_left_out.items()
        ]
        told.append(("Exhibits not set beside others", found.matrix.left_out, "trace matrix"))
        told.append(
            ("Exhibits not listed under Coverage", found.coverage_left_out, "trace coverage")
        )
        told += [(what, count, "trace report --json") for what, count in self._unfit.items()]
        rows = [each for each in told if each[1]]
        if not rows:
            yield tag("p", "Nothing.")
        else:
            lines: Mapping[str, object] = {
                what: joined(f"{count:,}: ", self._command(command))
                for what, count, command in rows
            }
            yield provenance.facts(lines)
        yield tag("p", "All that is on this page as JSON: ", self._command("trace report --json"))

    def _command(self, words: str) -> Markup:
        return tag("code", foreign(f"hashmatch {words}{self._options}"))
