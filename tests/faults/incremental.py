"""Many small runs: after each change of the content an incremental run is as good as a full one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from searchapp.config.loading import Config
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.engines.whoosh.segments import writer
from searchapp.indexing import index
from searchapp.indexing import run as runs
from searchapp.model import Query, Sort
from tests.faults import builds
from tests.faults.tally import Tally

WORDS = ("apple", "bread", "chisel", "dew", "ember", "fern", "garlic", "hazel", "iron", "juniper", "kiln", "larch")
TAGS = ("tools", "Tools", "soil", "walking")
QUESTIONS = (
    Query("", per_page=20),
    Query("", per_page=20, sort=Sort.OLDEST),
    Query("apple", per_page=20),
    Query("bread chisel fern", per_page=20),
    Query('"apple bread" OR iron -kiln', per_page=20),
    Query("g* tag:tools", per_page=20),
    Query("ember", filters=(("tag", "tools"),), per_page=20),
)
BROKEN = ("---\ntitle: [never closed\n---\n\napple\n", "---\ntitle: &a [*a]\n---\n\napple\n")

SENTENCES = (
    "We put the bread into the kiln and waited there until the garlic in it was soft and smelled of the whole summer.",
    "Nous avons mis le pain dans le four et nous avons attendu que l'ail soit tendre et qu'il sente bon tout l'été.",
)
"""Of clear languages, while a few words may be in any: what they are taken for depends on all the others."""

_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join) | st.sampled_from(SENTENCES)
_tags = st.lists(st.sampled_from(TAGS), max_size=3, unique=True)
_days = st.integers(1, 28)


class Blog(RuleBasedStateMachine):
    """A folder of Markdown files, an index that is brought up to date after each change, and what it must be."""

    tally: Tally
    place: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.place))
        self.content = self.folder / "content"
        self.content.mkdir()
        self.good: dict[str, str] = {}
        """The text that each article should be searched by: for a file that broke its last good one."""
        self.broken: set[str] = set()
        self.made = 0
        self.engine = WhooshEngine(self.folder / "index")

    def teardown(self) -> None:
        self.engine.close()
        shutil.rmtree(self.folder)

    def _any(self, number: int) -> str:
        names = sorted(path.name for path in self.content.iterdir())
        return names[number % len(names)]

    def _fresh_name(self) -> str:
        self.made += 1
        return f"{self.made * 37 % 100:02}-{self.made}.md"

    def _put(self, name: str, text: str) -> None:
        (self.content / name).write_text(text)
        self.good[name] = text
        self.broken.discard(name)

    def _some(self) -> bool:
        return any(self.content.iterdir())

    @rule(words=_words, title=_words, tags=_tags, day=_days)
    def add(self, words: str, title: str, tags: list[str], day: int) -> None:
        front = f"title: {title[:40]}\ntags: {tags}\ndate: 2024-03-{day:02}\n"
        self._put(self._fresh_name(), f"---\n{front}---\n\n{words}\n")
        self._check("add")

    @precondition(_some)
    @rule(number=st.integers(0, 99), words=_words)
    def edit(self, number: int, words: str) -> None:
        name = self._any(number)
        self._put(name, f"{self.good.get(name, '')}\n## {words[:20]}\n\n{words}\n")
        self._check("edit")

    @precondition(_some)
    @rule(number=st.integers(0, 99))
    def rename(self, number: int) -> None:
        name, other = self._any(number), self._fresh_name()
        (self.content / name).rename(self.content / other)
        text = self.good.pop(name, None)
        if name in self.broken:
            self.broken.remove(name)
            self.broken.add(other)  # and of this name there never was a good one
        elif text is not None:
            self.good[other] = text
        self._check("rename")

    @precondition(_some)
    @rule(number=st.integers(0, 99))
    def delete(self, number: int) -> None:
        name = self._any(number)
        (self.content / name).unlink()
        self.good.pop(name, None)
        self.broken.discard(name)
        self._check("delete")

    @precondition(_some)
    @rule(number=st.integers(0, 99), tags=_tags)
    def retag(self, number: int, tags: list[str]) -> None:
        name = self._any(number)
        lines = self.good.get(name, "---\ntags: []\n---\n\nlarch\n").split("\n")
        self._put(name, "\n".join(f"tags: {tags}" if line.startswith("tags: ") else line for line in lines))
        self._check("retag")

    @precondition(_some)
    @rule(number=st.integers(0, 99))
    def duplicate(self, number: int) -> None:
        name, other = self._any(number), self._fresh_name()
        shutil.copyfile(self.content / name, self.content / other)
        if name in self.broken:
            self.broken.add(other)
        else:
            self.good[other] = self.good[name]
        self._check("duplicate")

    @precondition(_some)
    @rule(number=st.integers(0, 99), how=st.sampled_from(BROKEN))
    def corrupt(self, number: int, how: str) -> None:
        name = self._any(number)
        (self.content / name).write_text(how)
        self.broken.add(name)
        self._check("corrupt")

    @precondition(lambda self: self.broken)
    @rule(number=st.integers(0, 99))
    def repair(self, number: int) -> None:
        name = sorted(self.broken)[number % len(self.broken)]
        self._put(name, self.good.get(name, "---\ntitle: Mended\ntags: []\n---\n\nhazel\n"))
        self._check("repair")

    def _check(self, what: str) -> None:
        report = index(Config(content_dir=self.content, index_dir=self.folder / "index"), self.engine)
        assert {problem.path for problem in report.skipped} == self.broken
        found = answers(self.engine)
        mirror = Path(tempfile.mkdtemp(dir=self.folder))
        (mirror / "content").mkdir()
        for name, text in self.good.items():
            (mirror / "content" / name).write_text(text)
        with closing(WhooshEngine(mirror / "index")) as engine:
            index(Config(content_dir=mirror / "content", index_dir=mirror / "index"), engine, rebuild=True)
            expected = answers(engine)
        shutil.rmtree(mirror)
        self.tally.add(what)
        assert set(dict(found[0])) == set(self.good)
        assert found == expected


def answers(engine: WhooshEngine) -> tuple[Any, ...]:
    """Documents, and of each question the total, the facets, and the first hits whole, scores and all."""
    results = tuple(replace(engine.search(query), generation="") for query in QUESTIONS)
    return tuple(sorted(engine.manifest().items())), results


@contextmanager
def _small_parts() -> Iterator[None]:
    """Articles are converted in this process, and few are merged: there are several segments soon."""
    was = runs.__dict__["convert"], writer.MAX_MERGED
    vars(runs)["convert"], writer.MAX_MERGED = builds.convert, builds.MERGED
    try:
        yield
    finally:
        vars(runs)["convert"], writer.MAX_MERGED = was


def try_changes(place: Path, examples: int, steps: int, number: int | None) -> Tally:
    """Goes through so many blogs of so many changes; `number` is a seed, None for the same ones each time."""
    tally = Tally("incremental")
    machine = type("Blog", (Blog,), {"tally": tally, "place": place})
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=number is None,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # each step is two builds: what failed is told as it was found
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    if number is not None:
        seeded: Callable[[Any], Any] = seed(number)
        machine = seeded(machine)
    with _small_parts():
        try:
            run_state_machine_as_test(machine, settings=wanted)
        except AssertionError as error:
            tally.lost.append(f"{error}: {getattr(error, '__notes__', '')}")
    return tally
