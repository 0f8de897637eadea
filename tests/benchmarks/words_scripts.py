"""What the analyzer costs and what it gets wrong: words of a real blog, and made texts in scripts without blanks.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.words_scripts [blog]
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from searchapp.analysis.folding import fold_text
from searchapp.articles import convert, discover, open_site
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.model import Article, Query, Section
from searchapp.retrieval.documents import field_texts
from tests.benchmarks.corpora import MEGABYTE, blog

WORDS = 1_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def plain_scan(articles: list[Article]) -> dict[str, set[str]]:
    """Return the articles that have each word of letters, as a regular expression sees words."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for article in articles:
        texts = [text for field in field_texts(article).values() for text in field]
        for word in set(_WORD.findall(fold_text("\n".join(texts)))):
            found[re.sub("'s$|'", "", word)].add(article.id)
    return found


def measure_words(content: Path, index: Path) -> None:
    """Print the cost of a build, and the wrong matches and misses of quoted words against a plain scan."""
    config = Config(content_dir=content, index_dir=index)
    site = open_site(config)
    articles = [outcome.article for outcome in convert(site, discover(site)[0], {}) if outcome.article]
    engine = open_engine(config)
    began = time.perf_counter()
    engine.rebuild(articles)
    print(f"{len(articles):,} articles, engine alone: {time.perf_counter() - began:.2f} s")
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    print(f"index: {size / MEGABYTE:.2f} MB")
    scan = plain_scan(articles)
    words = random.Random(16).sample(sorted(scan), WORDS)
    wrong, missed, exact = 0, 0, 0
    worst: list[tuple[int, str, int, int]] = []
    for word in words:
        results = engine.search(Query(f'"{word}"', per_page=1, exact=True))
        total = results.total if results.mode.value == "all" else 0
        expected = len(scan[word])
        wrong += max(0, total - expected)
        missed += max(0, expected - total)
        exact += total == expected
        worst.append((abs(total - expected), word, total, expected))
    engine.close()
    print(f"{WORDS:,} quoted words: {exact:,} totals as a plain scan's, {wrong:,} too many, {missed:,} too few")
    for _, word, total, expected in sorted(worst, reverse=True)[:10]:
        if total != expected:
            print(f"    {word}: {total} for {expected}")


THINGS = (
    "石磨 服务器 数据库 面包 咖啡 自行车 图书馆 显微镜 锁 门 茶 酵母 花园 望远镜 操作系统 "
    "笔记本 照相机 "
    "冰箱 火车站 博物馆"
).split()
ACTIONS = "部署 修理 购买 使用 测试 打开 清洗 比较 介绍 安装 学习 设计".split()
FRAMES = (
    "我昨天{do}了一台{a}，朋友说{b}更好。 在{a}旁边{do}{b}要小心。 怎么{do}{a}？先看看{b}的说明。 "
    "这篇文章讲如何{do}{a}和{b}。 "
    "{a}的{do}并不难，{b}也一样。 有人不喜欢{a}，却每天{do}{b}。 如果{a}坏了，就用Docker{do}{b}吧。"
).split()


def made_articles(count: int, sentences: int = 40) -> list[Article]:
    """Return made articles in Chinese, the same each time; each has a third of the things."""
    chance = random.Random(3)
    made = []
    for number in range(count):
        things = chance.sample(THINGS, len(THINGS) // 3)
        lines = []
        for _ in range(sentences):
            a, b = chance.sample(things, 2)
            lines.append(chance.choice(FRAMES).format(do=chance.choice(ACTIONS), a=a, b=b))
        section = Section("", "", "".join(lines), 0)
        made.append(
            Article(
                id=f"{number}.md", title=f"{things[0]}{number}", sections=(section,), digest=f"{number}", language="zh"
            )
        )
    return made


def measure_scripts(index: Path, count: int = 1_000) -> None:
    """Print the cost of made articles without blanks, and wrong matches and misses of what is typed in them."""
    articles = made_articles(count)
    engine = open_engine(Config(content_dir=index, index_dir=index / "index"))
    began = time.perf_counter()
    engine.rebuild(articles)
    print(f"{count:,} made Chinese articles, engine alone: {time.perf_counter() - began:.2f} s")
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    print(f"index: {size / MEGABYTE:.2f} MB for {sum(len(a.sections[0].text) for a in articles):,} characters")
    texts = {article.id: article.title + "\n" + article.sections[0].text for article in articles}
    asked = [*THINGS, *ACTIONS, *sorted(set("".join(THINGS + ACTIONS))), *(f"Docker{do}" for do in ACTIONS)]
    wrong = missed = 0
    began = time.perf_counter()
    for text in asked:
        results = engine.search(Query(text, per_page=1, exact=True))
        total = results.total if results.mode.value == "all" else 0
        expected = sum(text in each for each in texts.values())
        wrong, missed = wrong + max(0, total - expected), missed + max(0, expected - total)
    took = (time.perf_counter() - began) / len(asked) * 1000
    print(f"{len(asked)} queries, {took:.2f} ms each: {wrong:,} wrong matches, {missed:,} misses against a plain scan")
    engine.close()


def main() -> None:
    """Prints all the figures."""
    with tempfile.TemporaryDirectory() as folder:
        measure_scripts(Path(folder))
    with blog(sys.argv[1] if len(sys.argv) > 1 else "infeeds") as content, tempfile.TemporaryDirectory() as folder:
        measure_words(content, Path(folder) / "index")


if __name__ == "__main__":
    main()
