"""`searchapp eval`: golden queries in, figures, changes and exit codes out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from searchapp.cli import cli
from searchapp.config.loading import keys

POSTS = {
    "posts/trainer.md": "title: Becoming a trainer\npermalink: /2023/trainer/\ntags: [jobs]\ndate: 2023-10-04\n",
    "posts/fitness.md": "title: Fitness at home\ntags: [fitness]\nserie: [First steps]\ndate: 2022-05-06\n",
    "posts/bread.md": "title: Bread\ndate: 2021-01-01\n",
}
BODIES = {
    "posts/trainer.md": "How a trainer earns a trainer's living.",
    "posts/fitness.md": "Push-ups need no trainer, and no bread either.",
    "posts/bread.md": "Flour, water, salt and time.",
}
GOLDEN = """\
queries:
  - query: trainer
    expected: posts/fitness.md
    acceptable: [/2023/trainer/]
  - query: bread
    expected:
      - https://blog.example.org/bread.html
      - content/posts/bread.md
"""


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blog")
    for id, front in POSTS.items():
        path = folder / "content" / id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{front}---\n\n{BODIES[id]}\n", encoding="utf-8")
    assert run("index", f"--content={folder / 'content'}", f"--index={folder / 'index'}").exit_code == 0
    return folder


@pytest.fixture
def blog(indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the blog and of its index, as the working folder."""
    for key in keys():
        monkeypatch.delenv(f"SEARCHAPP_{key.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def evaluate(text: str, *args: str, name: str = "golden.yaml") -> Result:
    Path(name).write_text(text, encoding="utf-8")
    return run("eval", name, *args)


def document(text: str, *args: str, name: str = "golden.yaml") -> dict[str, Any]:
    return dict(json.loads(evaluate(text, "--json", *args, name=name).stdout))


TRAINER = "queries:\n  - query: trainer\n    expected: posts/fitness.md\n    acceptable: /2023/trainer/\n"
# The article titled so comes first: gains 1, 2 against 2, 1.
TRAINER_NDCG = 0.8597


def test_figures_of_each_query_and_of_all(blog: Path) -> None:
    found = document(GOLDEN.replace("      - https://blog.example.org/bread.html\n", ""))
    trainer, bread = found["answers"]
    assert (trainer["hit@1"], trainer["mrr"], trainer["ndcg"]) == (1, 1, TRAINER_NDCG)
    assert [(each["id"], each["grade"], each["place"]) for each in trainer["judged"]] == [
        ("posts/fitness.md", 2, 2),
        ("posts/trainer.md", 1, 1),
    ]
    assert trainer["ranking"] == ["posts/trainer.md", "posts/fitness.md"]
    assert bread["ndcg"] == 1
    assert found["total"] == {"hit@1": 1, "hit@3": 1, "hit@10": 1, "mrr": 1, "ndcg": round((TRAINER_NDCG + 1) / 2, 4)}
    assert (found["queries"], found["depth"], found["gain"], found["change"]) == (2, 10, "linear", None)
    assert found["missing"] == []


def test_for_people_with_the_change_since_the_last_run(blog: Path) -> None:
    assert evaluate(TRAINER).stdout.splitlines() == [
        "query\t@1\t@3\t@10\tMRR@10\tnDCG@10\tplaces",
        "trainer\t✓\t✓\t✓\t1.000\t0.860\t2 (1)".replace("2 (1)", "(1) 2"),
        "total of 1 query\t100%\t100%\t100%\t1.000\t0.860\t",
    ]
    (blog / "content/posts/fitness.md").write_text("---\ntitle: Trainer\n---\ntrainer trainer trainer\n")
    (blog / "content/posts/trainer.md").write_text("---\ntitle: X\npermalink: /2023/trainer/\n---\nA trainer.\n")
    run("index")
    more = f"{TRAINER}  - query: bread\n    expected: posts/bread.md\n"
    assert [line.split("\t")[-2] for line in evaluate(more).stdout.splitlines()] == [
        "change",
        "+0.140",
        "new",
        "+0.140",
    ]
    assert [line.split("\t")[-2] for line in evaluate(more).stdout.splitlines()] == ["change", "=", "=", "="]
    change = document(more)["change"]
    assert (change["queries"], change["ndcg"]) == (2, 0)


def test_toml_has_the_same(blog: Path) -> None:
    toml = """
[floor]
"hit@1" = 0.5

[[queries]]
query = "trainer"
expected = ["posts/fitness.md"]
acceptable = "/2023/trainer/"
"""
    found = document(toml, name="golden.toml")
    assert found["answers"][0]["ndcg"] == TRAINER_NDCG
    assert found["floor"] == {"hit@1": {"least": 0.5, "value": 1, "held": True}}


@pytest.mark.parametrize(
    ("filters", "ranking"),
    [
        ("tag: jobs", ["trainer"]),
        ("tag: [jobs, fitness]", ["trainer", "fitness"]),
        ("year: 2022", ["fitness"]),
        ("language: EN", ["trainer", "fitness"]),
        ("series: first steps", ["fitness"]),
        ("after: 2023-01-01", ["trainer"]),
        ("before: '2023'", ["fitness"]),
    ],
)
def test_filters_narrow(blog: Path, filters: str, ranking: list[str]) -> None:
    text = f"queries:\n  - {{query: trainer, expected: posts/trainer.md, {filters}}}\n"
    assert [Path(id).stem for id in document(text)["answers"][0]["ranking"]] == ranking
    name = filters.partition(":")[0].replace("language", "lang")
    assert f"trainer {name}:" in evaluate(text).stdout


@pytest.mark.parametrize(
    ("floor", "flags", "code", "said"),
    [
        ("", (), 0, ""),
        ("floor: {ndcg: 0.85, mrr: 1, hit@1: 1, hit: 1}\n", (), 0, ""),
        ("floor: {ndcg: 0.9}\n", (), 1, "ndcg is 0.860, below the floor of 0.9"),
        ("floor: {ndcg: 0.9}\n", ("--min-ndcg=0.8",), 0, ""),
        ("", ("--min-ndcg=0.9",), 1, "ndcg is 0.860, below the floor of 0.9"),
        ("", ("--min-mrr=1", "--min-hit=1=1", "--min-hit=1"), 0, ""),
        ("", ("--min-ndcg=0.9", "--json"), 1, "ndcg is 0.860"),
    ],
)
def test_a_floor_that_is_not_held_ends_with_one(
    blog: Path, floor: str, flags: tuple[str, ...], code: int, said: str
) -> None:
    result = evaluate(floor + TRAINER, *flags)
    assert result.exit_code == code
    assert result.stderr.startswith(said)
    assert bool(said) == bool(result.stderr)


def test_cutoffs_are_yours_and_a_deeper_floor_changes_no_other_figure(blog: Path) -> None:
    assert list(document(TRAINER, "--k=5,1")["total"]) == ["hit@1", "hit@5", "mrr", "ndcg"]
    found = document(TRAINER, "--k=1", "--min-hit=50=1")
    assert (found["depth"], list(found["total"])) == (1, ["hit@1", "hit@50", "mrr", "ndcg"])
    assert found["total"]["ndcg"] == 0.5


def test_an_expected_article_that_is_not_there_is_said(blog: Path) -> None:
    result = evaluate(GOLDEN)
    assert result.exit_code == 1
    assert result.stderr == (
        "golden.yaml:7: expected article is not in the index: https://blog.example.org/bread.html\n"
    )
    assert result.stdout.splitlines()[2].endswith("\t0.613\t1 missing")
    result = evaluate(TRAINER + "  - query: salt\n    expected: posts/bread.md\n    acceptable: gone.md\n")
    assert result.exit_code == 0
    assert "acceptable article is not in the index: gone.md" in result.stderr


@pytest.mark.parametrize("damage", [b"", b"\x00{", b"[]", b'{"version": 1, "when": "x", "figures": {}}', b"9" * 5000])
def test_a_damaged_record_of_the_last_run_is_none(blog: Path, damage: bytes) -> None:
    evaluate(TRAINER)
    [record] = (blog / "index.desk/eval").iterdir()
    kept = json.loads(record.read_text())
    record.write_bytes(damage)
    assert document(TRAINER)["change"] is None
    assert document(TRAINER)["change"]["ndcg"] == 0
    for bad in ({"figures": {name: [2.0] * 5 for name in kept["figures"]}}, {"figures": []}, {"version": 0}):
        record.write_text(json.dumps({**kept, **bad}))
        assert document(TRAINER)["change"] is None
    assert [path.name for path in record.parent.iterdir()] == [record.name]


def test_a_record_that_can_not_be_written_fails_nothing(blog: Path) -> None:
    (blog / "index.desk").write_text("a file in the way")
    result = evaluate(TRAINER)
    assert result.exit_code == 0
    assert result.stderr.startswith("This run is not kept for comparison: ")
    assert evaluate(TRAINER, "--no-record").stderr == ""


def test_without_an_index_it_says_so(blog: Path) -> None:
    result = evaluate(TRAINER, "--index=elsewhere")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "golden.yaml:1: there are no queries."),
        ("- query: x\n", "golden.yaml:1: write the list under a key: queries."),
        ("queries: []\n", "golden.yaml:1: queries must be a list"),
        ("floor: {}\nqueries: {query: x}\n", "golden.yaml:2: queries must be a list"),
        ("queries:\n  - x\n", "golden.yaml:2: a query must have the keys query and expected, not be 'x'"),
        ("queries:\n  - query: x\n", "golden.yaml:2: expected must name at least one article"),
        ("queries:\n  - query: ''\n    expected: a\n", "golden.yaml:2: query must be what a reader types"),
        ("queries:\n  - expected: a\n", "golden.yaml:2: query must be what a reader types"),
        ("queries:\n  - query: x\n    expected:\n      - {a: b}\n", "golden.yaml:3: expected must be ids"),
        ("queries:\n  - query: x\n    expected: ['']\n", "golden.yaml:3: expected must be ids"),
        ("queries:\n  - query: x\n    expect: a\n", "golden.yaml:3: unknown key 'expect'; known are query, expected,"),
        ("queries:\n  - query: x\n    query: y\n", "golden.yaml:3: the key 'query' is there twice; keep one"),
        ("queries:\n  - {query: x, expected: a,\n     year: x}\n", "golden.yaml:3: year must be such as 2024, not 'x'"),
        ("queries:\n  - {query: x, expected: a, after: [1]}\n", "golden.yaml:2: after must be 2024, 2024-03 or"),
        ("query: x\n", "golden.yaml:1: unknown key 'query'; known are queries, floor"),
        (f"queries:\n  - query: x\n    expected: {'a/' * 600}\n", "golden.yaml:3: expected has 1,200 characters; at"),
        ("floor: {ndgc: 1}\nqueries: [{query: x, expected: a}]\n", "golden.yaml:1: unknown figure 'ndgc' in floor"),
        ("floor: {ndcg: 90}\nqueries: [{query: x, expected: a}]\n", "golden.yaml:1: floor of ndcg must be a number"),
        ("floor: {ndcg: nan}\nqueries: [{query: x, expected: a}]\n", "golden.yaml:1: floor of ndcg must be a number"),
        ("floor: 1\nqueries: [{query: x, expected: a}]\n", "golden.yaml:1: floor must hold ndcg, mrr"),
        ("queries:\n  - &a {query: x}\n  - *a\n", "golden.yaml:2: YAML anchors and aliases"),
        ("queries:\n  - <<: {query: x}\n", "golden.yaml:2: YAML merges"),
        ("queries: [[\n", "golden.yaml:2: not valid YAML: "),
        ("[" * 100_000, "golden.yaml:1: nested more than 20 deep"),
    ],
)
def test_bad_yaml_is_named(blog: Path, text: str, said: str) -> None:
    result = evaluate(text)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {said}"), result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "golden.toml:1: queries must be a list"),
        ("[[queries]]\nquery = 'x'\nexpected = 'a'\n[[queries]]\nexpected = 'a'\nyear = 'x'\n", "golden.toml:4: query"),
        ("[[queries]]\nquery = '''\n[[queries]]\n'''\nexpected = 'a'\nyear = 'x'\n", "golden.toml:6: year must be"),
        ("[floor]\nndcg = 2\n[[queries]]\nquery = 'x'\nexpected = 'a'\n", "golden.toml:1: floor of ndcg"),
        ("queries = [\n  {query = 'x', expected = []},\n]\n", "golden.toml:1: expected must name"),
        ("[[queries]\n", "golden.toml:1: not valid TOML"),
    ],
)
def test_bad_toml_is_named(blog: Path, text: str, said: str) -> None:
    result = evaluate(text, name="golden.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {said}"), result.stderr


def test_other_bad_input_is_named(blog: Path) -> None:
    Path("golden.yaml").write_bytes(b"queries:\n  - query: \xff\n")
    Path("golden.md").write_text("x")
    for args, said in (
        (["golden.yaml"], "golden.yaml:2: is not UTF-8"),
        (["nowhere.yaml"], "nowhere.yaml: can't be read (No such file or directory); check the path"),
        (["golden.md"], "golden.md: is not read; write golden queries as .yaml or .toml"),
        (["content"], "content: is not read; write golden queries as .yaml or .toml"),
        (["golden.yaml", "--k=0"], "'0' is no list of numbers from 1 to 100"),
        (["golden.yaml", "--min-hit=3=2"], "write 0.9 for the deepest hit@k, or 3=0.9 for hit@3"),
        (["golden.yaml", "--min-hit=x"], "write 0.9"),
        (["golden.yaml", "--min-ndcg=2"], "--min-ndcg"),
    ):
        result = run("eval", *args)
        assert result.exit_code == 2
        assert said in result.stderr, result.stderr


def test_our_demo_articles_hold_their_floor(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    where = [f"--content={root / 'content'}", f"--index={tmp_path / 'index'}"]
    assert run("index", *where).exit_code == 0
    result = run("eval", str(root / "tests/golden.yaml"), *where)
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) > 20
