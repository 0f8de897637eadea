"""Scripts without blanks, and words that particles, points or another script are written to, in every engine."""

from __future__ import annotations

import pytest
from test_engine_contract import article, engine, ids  # noqa: F401 - a fixture

from searchapp.engine import Engine
from searchapp.model import Query

TEXTS = {
    "deploy": "我们使用Docker部署服务",
    "spaced": "我们使用 Docker 部署服务",
    "mill": "部署石磨",
    "mill2": "石磨的部署",
    "lock": "门上有锁",
    "lock2": "锁住",
    "lock3": "一把 锁",
    "traditional": "開發軟體與資料庫",
    "simplified": "开发软体与资料库",
    "kana": "りんごとトマト",
    "half": "ﾘﾝｺﾞのｹｰｷ",
    "thai": "ภาษาไทยสวยงาม",
    "khmer": "ភាសាខ្មែរ",
    "lao": "ພາສາລາວ",
    "burmese": "မြန်မာစာ",
    "korean": "토마토를 심었다",
    "korean2": "토마토",
    "korean3": "방울이 토마토에서는 토마토가",
    "cat": "고양이는 귀엽다",
    "city": "고양에서",
    "hebrew": "תְּעוּדָה",
    "hebrew2": "תעודה",
    "width": "Ｑｕｅｒｎ、１０ｋｍ",
    "again": "人々の家",
    "decomposed": "か\u3099っこうのフ\u309aール",
}


def blog(engine: Engine) -> Engine:  # noqa: F811
    engine.rebuild([article(f"{name}.md", f"Note {name}note", text) for name, text in TEXTS.items()])
    return engine


FOUND = [
    ("使用Docker部署", "deploy spaced"),
    ("使用 Docker 部署", "deploy spaced"),
    ("Docker部署", "deploy spaced"),
    ("使用docker", "deploy spaced"),
    ('"使用Docker部署"', "deploy spaced"),
    ("部署石磨", "mill"),
    ("石磨的部署", "mill2"),
    ("石磨 部署", "mill mill2"),
    ("锁", "lock lock2 lock3"),
    ("鎖", "lock lock2 lock3"),
    ('"锁"', "lock lock2 lock3"),
    ("门", "lock"),
    ("住", "lock2"),
    ("有", "lock"),
    ("資料庫", "traditional simplified"),
    ("资料库", "traditional simplified"),
    ("开发", "traditional simplified"),
    ("軟", "traditional simplified"),
    ("リンゴ", "kana half"),
    ("りんご", "kana half"),
    ("ﾘﾝｺﾞ", "kana half"),
    ("とまと", "kana"),
    ("ご", "kana half"),
    ("ゴ", "kana half"),
    ("が", "decomposed"),
    ("ケーキ", "half"),
    ("ไทย", "thai"),
    ("สวย", "thai"),
    ("ษ", "thai"),
    ("ខ្មែរ", "khmer"),
    ("ລາວ", "lao"),
    ("မြန်မာ", "burmese"),
    ("토마토", "korean korean2 korean3"),
    ("토마토를", "korean korean2 korean3"),
    ("토마토가", "korean korean2 korean3"),
    ('"토마토"', "korean korean2 korean3"),
    ('"토마토를"', "korean"),
    ("고양이", "cat"),
    ("고양", "city"),
    ("방울", "korean3"),
    ("תעודה", "hebrew hebrew2"),
    ("תְּעוּדָה", "hebrew hebrew2"),
    ("quern", "width"),
    ("10 km", "width"),
    ("人々", "again"),
    ("々", "again"),
    ("がっこう", "decomposed"),
    ("プール", "decomposed"),
    ("か", ""),
]


def test_each_script_is_found_as_it_is_typed(engine: Engine) -> None:  # noqa: F811
    blog(engine)
    wrong = {}
    for text, names in FOUND:
        results = engine.search(Query(text, per_page=60, exact=True))
        found = (
            {hit.id.removesuffix(".md") for hit in results.hits if not hit.partial}
            if results.mode.value == "all"
            else set()
        )
        if found != set(names.split()):
            wrong[text] = found
    assert not wrong


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("锁", {"锁"}),
        ("部署", {"部署"}),
        ("使用Docker部署", {"使用Docker部署", "使用 Docker 部署"}),
        ("ご", {"ご", "ｺﾞ"}),
        ("資料庫", {"資料庫", "资料库"}),
        ("תעודה", {"תְּעוּדָה", "תעודה"}),
    ],
)
def test_marks_are_of_what_was_typed(engine: Engine, text: str, marked: set[str]) -> None:  # noqa: F811
    hits = blog(engine).search(Query(text, per_page=20)).hits
    assert {piece.text for hit in hits for piece in hit.snippet if piece.matched} == marked


LOOSE = [
    article("mill.md", "磨", "我们部署石磨"),
    article("of.md", "的", "石磨的部署"),
    article("far.md", "远", "先说石磨，后来又谈了很多别的事情，最后才部署"),
    article("what.md", "问", "怎么办"),
    article("docker.md", "船", "用 Docker 来部署"),
    article("kana.md", "家", "石うすの使いかた"),
]


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        ("石磨的部署", "all", {"of"}),
        ("石磨部署", "any", {"mill", "of", "far"}),
        ("石磨怎么部署", "any", {"mill", "of", "far"}),
        ("Docker部署", "all", {"docker"}),
        ("部署Docker", "all", {"docker"}),
        ("docker怎么", "any", {"docker", "what"}),
        ("石磨电脑", "any", {"mill", "of", "far"}),
        ("电脑", "all", set()),
    ],
)
def test_what_stands_nowhere_as_typed_is_found_by_its_pairs(
    engine: Engine,  # noqa: F811
    text: str,
    mode: str,
    expected: set[str],
) -> None:
    engine.rebuild(LOOSE)
    results = engine.search(Query(text, per_page=20))
    assert ({hit.id.removesuffix(".md") for hit in results.hits if not hit.partial}, results.mode.value) == (
        expected,
        mode,
    )
    assert results.total == len(expected)


def test_articles_with_most_pairs_come_first(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(LOOSE)
    for unfinished in (False, True):
        assert set(ids(engine, "石磨怎么部署", unfinished=unfinished)[:2]) == {"mill", "of"}
    hit = engine.search(Query("部署Docker")).hits[0]
    assert [piece.text for piece in hit.snippet if piece.matched] == ["Docker", "部署"]


def test_a_long_run_is_cheap(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(LOOSE)
    assert engine.search(Query("".join(map(chr, range(0x4E00, 0x4E00 + 900))))).total >= 0
