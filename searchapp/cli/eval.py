"""The command `eval`: relevance of the results of golden queries."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import click

from searchapp.cli import eval_report, output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.evaluation import golden, record
from searchapp.evaluation.measures import Gain
from searchapp.evaluation.questions import EXPECTED
from searchapp.evaluation.verdict import CUTOFFS, MAX_CUTOFF, Scale, Verdict, judge
from searchapp.retrieval.locating import possible_ids

_SHARE = click.FloatRange(0, 1)


def _cutoffs(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, ...]:
    """Parse `1,3,10` to ascending numbers. Raises BadParameter."""
    parts = [part.strip() for part in value.split(",")]
    if not all(part.isdecimal() and len(part) < 4 and 1 <= int(part) <= MAX_CUTOFF for part in parts):
        raise click.BadParameter(f"{value!r} is no list of numbers from 1 to {MAX_CUTOFF}, such as 1,3,10")
    return tuple(sorted({int(part) for part in parts}))


def _least_hit(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """Parse `0.9` or `3=0.9` to floors by the names used in files. Raises BadParameter."""

    def fail(_reason: str) -> NoReturn:
        raise click.BadParameter("write 0.9 for the deepest hit@k, or 3=0.9 for hit@3; from 0 to 1")

    found = {}
    for value in values:
        cutoff, equals, least = value.rpartition("=")
        name, share = golden.floor(f"hit@{cutoff.strip()}" if equals else "hit", least.strip(), fail)
        found[name] = share
    return found


@click.command("eval")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--k", "cutoffs", default=",".join(map(str, CUTOFFS)), callback=_cutoffs, metavar="K,…", show_default=True,
    help="How many results hit@k looks at; MRR and nDCG look at the most of them.",
)  # fmt: skip
@click.option(
    "--gain", type=click.Choice([str(gain) for gain in Gain]), default=str(Gain.LINEAR), show_default=True,
    help="What a grade is worth in nDCG: itself, as trec_eval and BEIR have it, or 2^grade - 1.",
)  # fmt: skip
@click.option("--min-ndcg", type=_SHARE, metavar="X", help="Exit with 1 if nDCG is below.")
@click.option("--min-mrr", type=_SHARE, metavar="X", help="Exit with 1 if MRR is below.")
@click.option(
    "--min-hit",
    "least_hit",
    multiple=True,
    callback=_least_hit,
    metavar="[K=]X",
    help="The same for hit@k (repeatable).",
)
@click.option("--no-record", is_flag=True, help="Do not keep this run for the next one to be compared with.")
@common
def evaluate(
    config: Config,
    as_json: bool,
    source: Path,
    cutoffs: tuple[int, ...],
    gain: str,
    min_ndcg: float | None,
    min_mrr: float | None,
    least_hit: Mapping[str, float],
    no_record: bool,
) -> int:
    """Measure the results of queries with known good answers.

    FILE has golden queries (.yaml or .toml: query, expected, acceptable).
    Exit code 1 if a floor is not reached or an expected article is not in the index.
    """
    began = time.perf_counter()
    questions = golden.read(source)
    given = {"ndcg": min_ndcg, "mrr": min_mrr, **least_hit}
    floors = {**questions.floor, **{name: least for name, least in given.items() if least is not None}}
    scale = Scale(tuple(sorted({*cutoffs, *_depths(floors)})), cutoffs[-1], Gain(gain))
    with closing(open_engine(config)) as engine, output.progress("Asking") as progress:
        verdict = judge(engine, questions.questions, lambda name: possible_ids(engine, config, name), scale, progress)
    place = record.record_path(config, source, scale)
    change = record.change(verdict, record.load(place, scale))
    if not no_record:
        _save(place, verdict)
    held = _held(floors, verdict)
    if as_json:
        seconds = round(time.perf_counter() - began, 3)
        output.print_json({**eval_report.document(questions, verdict, change, held), "seconds": seconds})
    else:
        eval_report.show(verdict, change)
    eval_report.warn(questions, verdict)
    for name, (least, value) in held.items():
        if value < least:
            output.say(output.stderr(), f"{name} is {value:.3f}, below the floor of {least:g}")
    fell = any(value < least for least, value in held.values())
    lost = any(each.grade == EXPECTED for _, each in verdict.missing)
    return 1 if fell or lost else 0


def _depths(floors: Mapping[str, float]) -> Iterator[int]:
    yield from (int(name.removeprefix("hit@")) for name in floors if name.startswith("hit@"))


def _save(place: Path, verdict: Verdict) -> None:
    try:
        record.save(place, verdict)
    except OSError as error:
        output.say(output.stderr(), f"This run is not kept for comparison: {place}: {error.strerror}")


def _held(floors: Mapping[str, float], verdict: Verdict) -> dict[str, tuple[float, float]]:
    """(minimum, value) by the name of each measure with a floor."""
    deepest = f"hit@{verdict.scale.depth}"
    named = {deepest if name == "hit" else name: least for name, least in floors.items()}
    return {name: (least, round(verdict.figures[name], 9)) for name, least in named.items()}


COMMANDS = (evaluate,)
