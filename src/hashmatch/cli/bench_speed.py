"""`hashmatch bench index` and `bench hash`: speed on one's own lists, pictures and machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.bench import (
    JsonFileOption,
    PicturesArgument,
    SeedOption,
    check_outputs,
    watching,
    write_results,
)
from hashmatch.cli.exit_codes import EXIT_INTEGRITY
from hashmatch.cli.options import ForceOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import line, note

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

INDEX_HELP = """Measure searches in an index beside FAISS on the same hashes.

Searches your index, or one of made-up hashes, and FAISS's flat and MultiHash indexes of the same
hashes in turns: single hashes, batches of 100 and of 10,000; also opening, memory and size of the
files. Processor time of one thread, medians. Each is compared with brute force on some of the
queries. Nothing is written to your index. Ctrl-C prints what was measured until then. Exit code 5
says that a search in the index differs from brute force.

\b
Examples:
  hashmatch bench index --codes 30000 --rounds 1
  hashmatch bench index lab.index --rounds 1
"""

HASH_HELP = """Measure how many pictures are hashed per second of processor time.

By format and size, beside pdqhash, imagehash and perception where they are installed; all take
turns. Exit code 4 says that a picture was unreadable, and was left out.

\b
Example:
  hashmatch bench hash holiday-photos/ --rounds 1
"""


def bench_index(
    index: Annotated[
        Path | None, typer.Argument(metavar="[INDEX]", help="Folder of your own index.")
    ] = None,
    *,
    codes: Annotated[
        int,
        typer.Option(min=0, metavar="NUMBER", help="Make up so many hashes, instead of an index."),
    ] = 0,
    like: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PICTURES",
            help="Pictures whose hashes made-up ones resemble: their bits are correlated; at least "
            "256.  [default: independent bits]",
        ),
    ] = None,
    threshold: Annotated[
        int, typer.Option(min=0, max=256, metavar="BITS", help="Largest distance that matches.")
    ] = 31,
    rounds: Annotated[
        int, typer.Option(min=1, metavar="NUMBER", help="Turns that each takes; the median counts.")
    ] = 5,
    seed: SeedOption = 0,
    json_file: JsonFileOption = None,
    force: ForceOption = False,
) -> None:
    """The command `bench index`."""
    from hashmatch.bench.index import IndexOptions, all_exact, index_lines, measure_index
    from hashmatch.bench.table import made_on

    if (index is None) == (codes == 0):
        msg = "name an index, or how many hashes are to be made up with --codes"
        raise typer.BadParameter(msg)
    check_outputs([*(like or ()), *([index] if index else ())], json_file, force=force)
    options = IndexOptions(threshold=threshold, rounds=rounds, seed=seed)
    with watching() as watch:
        given = _hashes_of(like or [], seed)
        result = measure_index(index, codes, options, like=given, watch=watch)
    for each in (*made_on(result), *index_lines(result)):
        line(each)
    write_results(result, json_file)
    if not all_exact(result):
        note("WRONG: the search differs from brute force; see `hashmatch index verify`")
        raise typer.Exit(EXIT_INTEGRITY)
    end(interrupted=result["interrupted"])


def _hashes_of(places: list[Path], seed: int) -> "NDArray[np.uint8]":
    """The PDQ hashes of these pictures, in eight orientations."""
    from hashmatch.bench.pictures import read_pictures
    from hashmatch.hashing.items import HashOptions, hash_images
    from hashmatch.model import Hash, MediaHashes

    turned = HashOptions(orientations=True)
    used = read_pictures(places, seed=seed).used if places else []
    found = hash_images((each.read() for each in used), turned)
    media = [each for each in found if isinstance(each, MediaHashes)]
    return Hash.pack([reading.hash for each in media for reading in each.readings]).reshape(-1, 32)


def bench_hash(
    pictures: PicturesArgument,
    *,
    most: Annotated[
        int, typer.Option(min=1, metavar="NUMBER", help="Pictures of each format and size.")
    ] = 50,
    rounds: Annotated[
        int, typer.Option(min=1, metavar="NUMBER", help="Turns that each takes; the median counts.")
    ] = 3,
    seed: SeedOption = 0,
    json_file: JsonFileOption = None,
    force: ForceOption = False,
) -> None:
    """The command `bench hash`."""
    from hashmatch.bench.hashing import HashBenchOptions, hash_lines, measure_hashing
    from hashmatch.bench.table import made_on

    check_outputs(pictures, json_file, force=force)
    with watching() as watch:
        options = HashBenchOptions(most=most, rounds=rounds, seed=seed)
        result = measure_hashing(pictures, options, watch=watch)
    for each in (*made_on(result), *hash_lines(result)):
        line(each)
    write_results(result, json_file)
    for each in result["unread"]:
        note(f"{each['reason']}: {each['picture']}")
    end(interrupted=result["interrupted"], unreadable=result["unread"])
