"""Articles made to be expensive, at three sizes: each costs at most its share, is told of once, and harms no neighbour.

`python -m tests.fuzz.test_bombs FOLDER SIZE` reads them in a process of its own, whose memory is nobody else's.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from searchapp.articles import Limits, convert, discover
from tests.articles import site_of

SIZES = (1_000, 10_000, 100_000)
"""Characters of each."""
LIMITS = Limits(seconds=2)
MEMORY = LIMITS.memory_bytes + 256 * 2**20
"""Bytes that no process of the indexer may come to: what it may add, and what Python and the libraries take."""
END = "endmarker"


def times(piece: str) -> Callable[[int], str]:
    """The piece, as often as there is room."""
    return lambda size: piece * (size // len(piece))


def _stairs(line: str) -> Callable[[int], str]:
    """Lines each indented by more than the one before: as many as the size has room for."""
    return lambda size: "\n".join(f"{' ' * (2 * number)}{line}" for number in range(int(size**0.5)))


def _front(text: Callable[[int], str]) -> Callable[[int], str]:
    return lambda size: f"---\ntitle: T\nx: {text(size)}\n---\n"


def _laughs(size: int) -> str:
    """A YAML document of few lines that would be as large as one likes (https://en.wikipedia.org/wiki/Billion_laughs)."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    while sum(map(len, lines)) < min(size, 10_000):
        before = len(lines) - 1
        lines.append(f"a{len(lines)}: &a{len(lines)} [{', '.join([f'*a{before}'] * 9)}]")
    return "---\ntitle: T\n" + "\n".join(lines) + "\n---\n"


BOMBS: dict[str, Callable[[int], str]] = {
    "quotes": times("> "), "items": times("- "), "numbers": times("1. "), "stairs": _stairs("- a"), "quoted-stairs": _stairs("> a"),
    "brackets": times("["), "closings": times("]"), "links": times("[a]("), "images": times("![a]("), "references": times("[a][b]"),
    "definitions": times("[a]: b 'c\n"), "footnotes": times("[^a]"), "notes": times("[^a]: b\n\n"), "abbreviations": times("*[a]: b\n"),
    "stars": times("*"), "emphases": times("*a _b "), "closed-emphases": times("*a **b c** "), "underlines": times("_a__"),
    "backticks": lambda size: " ".join("`" * number for number in range(1, int((2 * size) ** 0.5))),
    "fences": times("```\n"), "tildes": times("~~~ a\n"), "divisions": times("<div>"), "mixed-tags": times("<b><i><p>"),
    "closing-tags": times("</p>"), "attributes": lambda size: f"<a {'b=c ' * (size // 4)}>", "quoted-attribute": times("<a b='"),
    "comments": times("<!--"), "cdata": times("<![CDATA["), "instructions": times("<?a "), "declarations": times("<!a "),
    "angles": times("<"), "ampersands": times("&"), "entities": times("&amp;"), "numeric": times("&#1114112;"), "tables": times("| a | b\n"),
    "columns": lambda size: f"{'|a' * (size // 4)}|\n{'|-' * (size // 4)}|\n", "attribute-lists": times("{: #a "), "rulers": times("- - "),
    "equals": times("a\n=\n"), "hashes": times("#"), "headings": times("# a\n"), "escapes": times("\\"), "spaces": times(" "), "tabs": times("\t"),
    "newlines": times("\n"), "returns": times("\r"), "word": times("a"), "accents": times("e\u0301"), "joined": times("a\u200d"),
    "marks": lambda size: "e" + "\u0301" * size, "addresses": times("http://a."), "angle-addresses": times("<http://a"), "mails": times("a@b."),
    "liquid": times("{{ a "), "liquid-tags": times("{% a "), "raw": times("{% raw %}"), "highlights": times("{% highlight a %}\n"),
    "shortcodes": times("{{< a >}}"), "nested-shortcodes": times("{{% a "), "captions": times("[caption a]"), "math": times("$a$$"),
    "fences-of-matter": times("---\n"), "plus-matter": times("+++\n"), "flow": _front(times("[")), "mappings": _front(times("{a: ")),
    "tags": _front(lambda size: f"[{'a, ' * (size // 3)}]"), "anchors": _front(times("&a ")), "literal": _front(times("!!x ")), "laughs": _laughs,
    "toml": lambda size: f"+++\ntitle = 'T'\nx = {'[' * size}\n+++\n", "dotted": lambda size: f"+++\n{'a.' * (size // 2)}a = 1\n+++\n",
    "json": lambda size: f'{{"title": "T", "x": {"[" * size}}}\n', "objects": lambda size: '{"a":' * (size // 5),
}  # fmt: skip


def explode(folder: Path, size: int) -> None:
    """Reads each bomb of this size with an intact article at its side."""
    content = folder / "content"
    content.mkdir()
    for name, make in BOMBS.items():
        # The text is there twice: at once, and where something was open before.
        (content / f"{name}.md").write_text(f"{make(size)}\n\n{END} {name}\n")
        (content / f"{name}-inside.md").write_text(f"---\ntitle: T\n---\n\nOpening.\n\n{make(size)}\n\n{END} {name}\n")
        (content / f"{name}-neighbour.md").write_text(f"---\ntitle: Whole {name}\n---\n\nIntact {name}.\n")
    site = site_of(content)
    outcomes = {outcome.id: outcome for outcome in convert(site, discover(site)[0], {}, limits=LIMITS)}
    assert len(outcomes) == 3 * len(BOMBS)
    for id, outcome in outcomes.items():
        told = [(problem.line, problem.reason) for problem in outcome.problems]
        assert len(told) == len(set(told)), (id, told)
        assert sum(problem.skipped for problem in outcome.problems) <= 1, (id, told)
        name = id.removesuffix(".md").removesuffix("-inside").removesuffix("-neighbour")
        if id.endswith("-neighbour.md"):
            assert outcome.article is not None
            assert not told
            assert [section.text for section in outcome.article.sections] == [f"Intact {name}."]
        elif outcome.article is None:
            assert any(problem.skipped for problem in outcome.problems), (id, told)
        else:
            assert "Intact" not in repr(outcome.article), id
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert max(own_peak(), children) < MEMORY


def own_peak() -> int:
    """Bytes that this process has had at most. Its `ru_maxrss` would begin with those of the process that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return 1024 * next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("size", [SIZES[0], *(pytest.param(size, marks=pytest.mark.slow) for size in SIZES[1:])])
def test_no_article_costs_more_than_its_share(tmp_path: Path, size: int) -> None:
    command = [sys.executable, "-m", "tests.fuzz.test_bombs", str(tmp_path), str(size)]
    run = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


if __name__ == "__main__":
    explode(Path(sys.argv[1]), int(sys.argv[2]))
