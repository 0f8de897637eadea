"""Generations on disk: whole or refused, never a different answer."""

from __future__ import annotations

import gc
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import unicodedata
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
import Stemmer

from searchapp.analysis import analyzer
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.engines.whoosh.segments import writer
from searchapp.engines.whoosh.segments.segment import PostingsFile
from searchapp.errors import IndexDamagedError
from searchapp.facets import FACETS
from searchapp.model import METADATA, Article, Query, Section
from searchapp.retrieval import fingerprint, ranking


def article(number: int, word: str = "") -> Article:
    sections = (Section("", "", f"common {word} number{number}", 0),)
    return Article(id=f"{number}.md", title=f"Title {number}", sections=sections, digest=f"{number}{word}")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def built(index: Path) -> Path:
    engine = WhooshEngine(index)
    engine.rebuild(article(n) for n in range(5))
    engine.update([article(1, "edited")], ["2.md"])
    engine.close()
    return index


def generations(index: Path) -> list[str]:
    return [line.split()[0] for line in (index / "CURRENT").read_text().splitlines()]


def total(index: Path, text: str = "common") -> int:
    engine = WhooshEngine(index)
    try:
        return engine.search(Query(text)).total
    finally:
        engine.close()


def test_nothing_of_a_former_generation_stays_open(index: Path) -> None:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("needs /proc")
    engine = WhooshEngine(index)
    gc.collect()
    gc.disable()  # as good as it is in a server, where it seldom looks
    try:
        for n in range(3):
            engine.rebuild(article(n) for n in range(5 + n))
            for text in ("common", "comon", "numb*", '"common number1"', ""):
                engine.search(Query(text))
            engine.related("1.md", 3)
            engine.suggest("com")
            engine.status()
        opened = [line for line in maps.read_text().splitlines() if str(index) in line]
        assert opened
        assert not [line for line in opened if generations(index)[0] not in line]
    finally:
        gc.enable()
        engine.close()


def test_two_generations_are_kept_and_no_more(built: Path) -> None:
    for n in range(5, 9):
        engine = WhooshEngine(built)
        engine.update([article(n)], [])
        engine.close()
    assert sorted(path.name for path in built.iterdir() if path.is_dir()) == sorted(generations(built))
    assert len(generations(built)) == 2
    assert total(built) == 8


def test_an_update_links_what_did_not_change(index: Path) -> None:
    engine = WhooshEngine(index)
    engine.rebuild(article(n) for n in range(20))
    engine.update([article(1, "edited")], [])
    engine.close()
    new, old = ({p.name: p.stat().st_ino for p in (index / g).iterdir()} for g in generations(index))
    assert len([name for name in new if old.get(name) == new[name]]) == len(old) - 2, "all but TOC and manifest"


def arrays_of(index: Path) -> list[Path]:
    return list((index / generations(index)[0]).glob("*.post"))


def test_an_update_writes_a_bounded_part_of_what_did_not_change(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_MERGED", 10)
    engine = WhooshEngine(index)
    engine.rebuild(article(n) for n in range(100))
    written: list[int] = []
    alive = set(range(100))
    for n in range(60):
        changed = [article(n, "edited")] if n % 2 else []
        alive -= set() if n % 2 else {n}
        before = {path.name for path in arrays_of(index)}
        engine.update(changed, [] if n % 2 else [f"{n}.md"])
        written += [PostingsFile(path).documents for path in arrays_of(index) if path.name not in before]
        assert len(arrays_of(index)) < 16
        assert {hit.id for hit in engine.search(Query("common", per_page=100)).hits} == {f"{n}.md" for n in alive}
    assert max(written) <= 11
    assert sum(written) > 100, "what has many deletions is written anew, part by part"
    engine.close()


def test_a_seeded_random_generator_does_not_name_two_segments_alike(index: Path) -> None:
    engine = WhooshEngine(index)
    for n in range(4):
        random.seed(7)
        engine.update([article(k) for k in range(30 * n, 30 * n + 30 - n)], [])
        assert total(index) == sum(30 - k for k in range(n + 1))
    assert len(list((index / generations(index)[0]).glob("*.post"))) > 1
    engine.close()


def test_the_manifest_vouches_for_every_file(built: Path) -> None:
    folder = built / generations(built)[0]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()} - {"manifest.json"}
    for name, facts in manifest["files"].items():
        data = (folder / name).read_bytes()
        assert facts == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_damage_is_detected_and_the_generation_before_answers(built: Path, caplog: pytest.LogCaptureFixture) -> None:
    newest, before = generations(built)
    for path in sorted((built / newest).iterdir()):
        original = path.read_bytes()
        middle = len(original) // 2
        for broken in (
            original[:middle],
            original[:middle] + bytes([original[middle] ^ 1]) + original[middle + 1 :],
        ):
            # Not in place: the file may be hard-linked into the generation before.
            path.unlink()
            path.write_bytes(broken)
            caplog.clear()
            engine = WhooshEngine(built)
            assert engine.search(Query("number2")).total == 1, "the generation before had it"
            assert engine.status().generation.name == before
            assert newest in caplog.text
            engine.close()
        path.unlink()
        path.write_bytes(original)
    assert total(built, "number2") == 0


def test_damage_to_both_is_one_clear_error(built: Path) -> None:
    for name in generations(built):
        (built / name / "manifest.json").write_text("{}")
    with pytest.raises(IndexDamagedError, match=r"run: searchapp index --rebuild"):
        total(built)


@pytest.mark.parametrize("content", ["", "nonsense", "../../etc abc", "\xff\xfe", "20200101T000000Z-00000000 ab\n"])
def test_a_damaged_pointer_is_an_error(built: Path, content: str) -> None:
    (built / "CURRENT").write_text(content, encoding="latin-1")
    with pytest.raises(IndexDamagedError, match="--rebuild"):
        total(built)
    engine = WhooshEngine(built)
    engine.rebuild([article(1)])
    assert engine.search(Query("common")).total == 1
    engine.close()


def test_another_version_is_told_so(built: Path) -> None:
    lines = []
    for name in generations(built):
        path = built / name / "manifest.json"
        manifest = json.loads(path.read_text()) | {"fingerprint": "format 0"}
        path.write_text(json.dumps(manifest))
        lines.append(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    (built / "CURRENT").write_text("\n".join(lines) + "\n")
    with pytest.raises(IndexDamagedError, match=r"another version .*--rebuild"):
        total(built)


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (ranking, "K1", 0.4),
        (ranking, "WEIGHTS", {**ranking.WEIGHTS, "code": ranking.FieldWeight(0.4, 0.7)}),
        (ranking, "IMPACT_STEP", 2.0**-10),
        (fingerprint, "pivot", lambda words, articles: 1.0),
        (fingerprint, "TEXT_FIELDS", fingerprint.TEXT_FIELDS[::-1]),
        (fingerprint, "COMMON", 0.2),
        (fingerprint, "FACETS", FACETS[:-1]),
        (fingerprint, "METADATA", METADATA[:-1]),
        (analyzer, "MAX_TERM", 63),
        (analyzer, "_ELISIONS", frozenset({"qu"})),
        (analyzer, "STEMMERS", {**analyzer.STEMMERS, "hu": "porter"}),
        (analyzer, "VERSION", analyzer.VERSION + 1),
        (Stemmer, "version", lambda: "9.9.9"),
        (unicodedata, "unidata_version", "99.0.0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_stored_numbers_and_terms_depend_on_asks_for_a_rebuild(
    built: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, value: object
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, name, value)
        for act in (lambda engine: engine.search(Query("common")), lambda engine: engine.update([article(7)], [])):
            with closing(WhooshEngine(built)) as engine, pytest.raises(IndexDamagedError, match=r"--rebuild"):
                act(engine)
    assert total(built) == 4


def test_a_folder_that_others_can_write_is_refused(built: Path) -> None:
    for mode in (0o777, 0o775):
        built.chmod(mode)
        with pytest.raises(IndexDamagedError, match="can be written by others; run: chmod"):
            total(built)
    engine = WhooshEngine(built)
    built.chmod(0o777)
    with pytest.raises(IndexDamagedError, match="can be written by others"):
        engine.rebuild([article(1)])
    built.chmod(0o775)
    engine.rebuild([article(1)])
    assert built.stat().st_mode & 0o777 == 0o755, "the own group's right is taken back, not complained about"
    engine.close()


def test_an_open_engine_sees_the_next_generation(built: Path) -> None:
    reader, writer = WhooshEngine(built), WhooshEngine(built)
    assert reader.search(Query("zeppelin")).total == 0
    writer.update([article(9, "zeppelin")], [])
    assert reader.search(Query("zeppelin")).total == 1
    for engine in (reader, writer):
        engine.close()


def test_searches_go_on_while_generations_change(built: Path) -> None:
    reader, writer = WhooshEngine(built), WhooshEngine(built)
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                results = reader.search(Query("common", per_page=100))
                whole = (
                    len(results.hits) == results.total == sum(v.count for v in results.facets["tag"]) + results.total
                )
                if not whole:
                    wrong.append(results)
            except Exception as error:
                wrong.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for n in range(10, 25):
        writer.update([article(n)], [])
    done.set()
    thread.join()
    assert wrong == []
    for engine in (reader, writer):
        engine.close()


@pytest.mark.parametrize("after", range(0, 60, 12))
def test_killed_while_building(built: Path, after: int) -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from searchapp.engines.whoosh.engine import WhooshEngine
        from searchapp.model import Article, Section

        left = int(sys.argv[2])
        def hook(event, args):
            global left
            if event in {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"} and (
                sys.argv[1] in str(args)
            ):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        engine = WhooshEngine(Path(sys.argv[1]))
        engine.update([Article(id="9.md", title="New", sections=(Section("", "", "common"),), digest="9")], ["0.md"])
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(built), str(after)], capture_output=True)
    assert run.returncode in {0, -signal.SIGKILL}, run.stderr.decode()
    engine = WhooshEngine(built)
    ids = set(engine.manifest())
    assert ids in ({"0.md", "1.md", "3.md", "4.md"}, {"1.md", "3.md", "4.md", "9.md"}), "the old or the new, whole"
    engine.update([article(7)], [])
    assert set(engine.manifest()) == ids | {"7.md"}
    engine.close()
    assert {path.name for path in built.iterdir() if path.is_dir()} == set(generations(built)), "nothing is left over"


def test_a_file_system_error_leaves_the_index_as_it_was(built: Path) -> None:
    engine = WhooshEngine(built)
    before = engine.status().generation
    limit = textwrap.dedent("""
        import resource, signal, sys
        from pathlib import Path
        from searchapp.engines.whoosh.engine import WhooshEngine
        from searchapp.errors import IndexWriteError
        from searchapp.model import Article, Section
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        text = " ".join(f"word{n}" for n in range(20000))
        try:
            WhooshEngine(Path(sys.argv[1])).rebuild([Article(id="1.md", title="x", sections=(Section("", "", text),))])
        except IndexWriteError as error:
            print(error)
            raise SystemExit(3)
    """)
    run = subprocess.run([sys.executable, "-c", limit, str(built)], capture_output=True, text=True)
    assert run.returncode == 3, run.stderr
    assert "the index stays as it was" in run.stdout
    assert engine.status().generation == before
    assert {path.name for path in built.iterdir() if path.is_dir()} == set(generations(built))
    engine.close()


def test_a_deleted_index_can_be_built_again(built: Path) -> None:
    engine = WhooshEngine(built)
    assert engine.search(Query("common")).total == 4
    shutil.rmtree(built)
    assert engine.manifest() == {}
    engine.rebuild([article(1)])
    assert engine.search(Query("common")).total == 1
    engine.close()
