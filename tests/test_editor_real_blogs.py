"""Reports over real blogs: their patches applied by git, and articles found again as what a draft says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.config.loading import Config
from searchapp.editor.near_duplicates.alike import find_similar
from searchapp.editor.near_duplicates.duplicates import find_duplicates
from searchapp.editor.near_duplicates.shingles import prose_text, shingle_set
from searchapp.editor.tagging.label_merges import patch_of, tag_report
from searchapp.engine import iter_articles
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Article, Draft

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(params=("haacked", "infeeds", "rust-blog", "siadlak"))
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    archive = Path(os.environ.get("SEARCHAPP_CORPORA", "")) / "blogs" / f"{request.param}.tar.gz"
    if "SEARCHAPP_CORPORA" not in os.environ or not archive.is_file():
        pytest.skip(f"needs SEARCHAPP_CORPORA, a folder with blogs/{archive.name}")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "content", filter="data")
    config = Config(content_dir=tmp_path / "content", index_dir=tmp_path / "index")
    with closing(open_engine(config)) as engine:
        index(config, engine)
    return config


def articles(config: Config) -> dict[str, Article]:
    with closing(open_engine(config)) as engine:
        index(config, engine)
        return {article.id: article for article in iter_articles(engine)}


def body(path: Path) -> bytes:
    """What stands after the front matter, byte for byte."""
    parts = re.split(rb"(?m)^(?:---|\+\+\+)[ \t]*\r?\n", path.read_bytes(), maxsplit=2)
    return parts[-1]


def test_near_duplicates_and_articles_like_a_draft(config: Config) -> None:
    with closing(open_engine(config)) as engine:
        found = find_duplicates(engine)
        assert len(found.groups) <= 12
        assert all(pair.similarity >= found.threshold for group in found.groups for pair in group.pairs)
        for article in list(iter_articles(engine))[::30]:
            text = prose_text(article)
            if len(shingle_set(text)) >= 20:
                assert article.id in {alike.id for alike in find_similar(Draft(text=text), engine)}


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_patch_of_all_findings_changes_labels_only(config: Config) -> None:
    with closing(open_engine(config)) as engine:
        findings = tag_report(engine).findings
    made = patch_of(config, findings)
    files = {path: body(path) for path in config.content_dir.rglob("*.m*") if path.is_file()}
    before = articles(config)
    if made.diff:
        done = subprocess.run(["git", "apply"], cwd=made.root, input=made.diff, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    assert files == {path: body(path) for path in files}
    after = articles(config)
    changed = [id for id in before if before[id].digest != after[id].digest]
    assert len(changed) <= made.files
    bare = [{id: replace(a, tags=(), categories=(), digest="") for id, a in each.items()} for each in (before, after)]
    assert bare[0] == bare[1]
    assert made.skipped == ()
    gone = {(f.field, f.merge.label) for f in findings if f.merge and not f.merge.beside and f.kind != "case"}
    left = {("tag", tag.casefold()) for article in after.values() for tag in article.tags}
    assert gone.isdisjoint(left)
    with closing(open_engine(config)) as engine:
        again = [finding for finding in tag_report(engine).findings if finding.merge and finding.kind != "once"]
    assert again == []
