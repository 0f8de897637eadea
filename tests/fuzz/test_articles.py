"""Mutated articles: each bad file is reported once, and the words of none become its neighbours'."""

from __future__ import annotations

import os
import random
import secrets
from collections import Counter
from pathlib import Path

import pytest
from articles import site_of

from searchapp.articles import Limits, convert, discover

FILES = int(os.environ.get("FUZZ_ARTICLES", "4000"))
"""In CI; FUZZ_ARTICLES=20000 by hand."""
BATCH = 500
LIMITS = Limits(seconds=3)

SEEDS = (
    b"---\ntitle: Rye bread\ndate: 2024-02-03 10:00:00 +0100\ntags: [bread, rye]\ncategories: baking\n---\n\n"
    b"# Starter\n\nFlour and *water*, `code`, [a link](/x/ \"t\").\n\n```python\nprint('x')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    b'+++\ntitle = "Rye"\ndate = 2024-02-03T10:00:00Z\n[taxonomies]\ntags = ["a", "b"]\n+++\n\n{{< figure src="x.png" alt="y" >}}\n\n> quote\n\n1. one\n2. two\n',
    b'{"title": "Rye", "tags": ["a"], "draft": false}\n\nText with <em>HTML</em> &amp; entities, <!-- a comment -->.\n',
    b"Title: Rye\nDate: 2024-02-03\nTags: a, b\n\nPelican's way.[^1]\n\n[^1]: A note.\n",
    "\ufeff---\r\ntitle: Über Roggen\r\n---\r\n\r\n{% highlight js %}\r\nlet a = 1;\r\n{% endhighlight %}\r\n{: .note}\r\n".encode(),
)
PIECES = (
    b"---\n", b"+++\n", b"\n", b"\r", b"\0", b"\xff\xfe", b"[", b"](", b"![", b"`", b"```\n", b"<", b"<script>", b"&#0;", b"{{", b"}}",
    b"{%", b"%}", b"{% raw %}", b": ", b"- ", b"&a [*a]", b"!!python/object/apply:os.system ['x']", b"\xed\xa0\x80", b"\xe2\x80\xa8",
    b"title: ", b"date: 0000-00-00\n", b"tags: {a: b}\n", b"    ", b"\t", b"|", b"***", b"[^1]", b"<![CDATA[", b"\xf0\x9f\x8d\x9e", b"*" * 50,
)  # fmt: skip


def mutated(chance: random.Random, marker: str) -> bytes:
    """An article with a word of its own at its end, and some bytes of it changed, doubled, cut or put in."""
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 2, 4, 8, 30))):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[at % len(data)] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + chance.randrange(40)]
        elif kind == 2:
            data[at:at] = data[at : at + chance.randrange(80)] * chance.randrange(1, 4)
        else:
            data[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 20))
    return bytes(data) + f"\n\nend {marker}\n".encode()


def convert_all(folder: Path, seed: int, count: int) -> Counter[str]:
    """Converts so many mutated articles, each among whole ones; what became of them."""
    chance = random.Random(seed)
    content = folder / "content"
    content.mkdir(exist_ok=True)
    seen: Counter[str] = Counter()
    for start in range(0, count, BATCH):
        names = {}
        for number in range(start, min(start + BATCH, count)):
            names[f"m{number}.md"] = marker = f"markerm{number}x"
            (content / f"m{number}.md").write_bytes(mutated(chance, marker))
            if number % 10 == 0:
                names[f"w{number}.md"] = marker = f"markerw{number}x"
                (content / f"w{number}.md").write_text(f"---\ntitle: Whole\n---\n\nIntact {marker}.\n")
        site = site_of(content)
        outcomes = {outcome.id: outcome for outcome in convert(site, discover(site)[0], {}, limits=LIMITS)}
        assert outcomes.keys() == names.keys()
        for name, outcome in outcomes.items():
            told = [(problem.line, problem.reason) for problem in outcome.problems]
            assert len(told) == len(set(told)), (seed, name, told)
            if outcome.article is None:
                seen["skipped or hidden"] += 1
                continue
            seen["articles"] += 1
            text = repr(outcome.article)
            strange = [other for other in names.values() if other in text and other != names[name]]
            assert not strange, (seed, name, strange)
            if name.startswith("w"):
                assert names[name] in text
                assert not told
            seen["with warnings"] += bool(told)
        for name in names:
            (content / name).unlink()
    return seen


def test_each_bad_article_is_told_of_once(tmp_path: Path) -> None:
    assert convert_all(tmp_path, 1, 150)["articles"] > 50


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_mutated_articles(tmp_path: Path) -> None:
    fresh = secrets.randbits(32)
    print(f"fresh seed: {fresh}")
    for seed in (2, fresh):
        print(dict(convert_all(tmp_path, seed, FILES // 2)))
