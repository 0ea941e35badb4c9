"""The CASE/UCO graph, as the ontology's own validator and a reader of RDF see it."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.exported import ENTRIES, exported, recorded


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = recorded(tmp_path_factory.mktemp("recorded") / "db")
    out = exported(path, "case-uco")
    return out.rename(out.with_name("graph.jsonld"))


def test_the_validator_of_the_ontology_accepts_it(tmp_path: Path) -> None:
    """Of one case, as it takes seconds for each file."""
    out = exported(recorded(tmp_path / "db"), "case-uco", case="1")
    graph = out.rename(tmp_path / "graph.jsonld")
    pytest.importorskip("case_utils", reason="case-utils is not installed")
    tool = Path(sys.executable).with_name("case_validate")
    done = subprocess.run(  # noqa: S603 (installed with the tests)
        [str(tool), "--allow-info", str(graph)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, [
        each for each in done.stdout.split("Validation Result") if "sh:Info" not in each
    ]


def test_it_has_a_node_for_each_thing(graph: Path) -> None:
    nodes = json.loads(graph.read_text())["@graph"]
    assert len({each["@id"] for each in nodes}) == len(nodes)
    kinds = Counter(each["@type"].partition(":")[2] for each in nodes)
    assert kinds["File"] == kinds["AnalyticResult"] == 2 * ENTRIES
    assert kinds["ObservableRelationship"] == 2 * ENTRIES
    assert (kinds["Investigation"], kinds["ProvenanceRecord"]) == (2, 3)
    assert (kinds["Action"], kinds["DigitalAccount"]) == (3, 2)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_another_library_reads_as_many_triples_as_nodes_say(graph: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    found = rdflib.Graph().parse(graph, format="json-ld")
    file = rdflib.URIRef("https://ontology.unifiedcyberontology.org/uco/observable/File")
    assert len([*found.subjects(rdflib.RDF.type, file)]) == 2 * ENTRIES
