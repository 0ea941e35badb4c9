from hashmatch.reports.glossary import TERMS, glossary
from hashmatch.reports.totals import Standing


def test_every_term_is_explained_once_and_escaped() -> None:
    page = str(glossary())
    assert page.count("<dt>") == page.count("<dd>") == len(TERMS)
    assert "Audit chain, head" in page
    for meaning in TERMS.values():
        assert meaning[0].isupper()
        assert meaning.endswith(".")


def test_every_standing_of_a_match_is_explained() -> None:
    terms = " ".join(TERMS).lower()
    for each in Standing:
        assert each.value.replace("-", " ") in terms
