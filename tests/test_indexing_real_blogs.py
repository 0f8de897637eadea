"""Real blogs, whole: every file is accounted for, and many small runs end like one full build."""

from __future__ import annotations

import os
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from searchapp.articles import discover, open_site
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Query, Sort

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BLOGS = ("haacked", "infeeds", "rust-blog", "siadlak")
QUERIES = ("", "test", "time people", '"open source"', "year -time", "title:a", "rust*", "jak się")


@pytest.fixture(params=BLOGS)
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    archive = Path(os.environ.get("SEARCHAPP_CORPORA", "")) / "blogs" / f"{request.param}.tar.gz"
    if "SEARCHAPP_CORPORA" not in os.environ or not archive.is_file():
        pytest.skip(f"needs SEARCHAPP_CORPORA, a folder with blogs/{archive.name}")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "content", filter="data")
    return Config(content_dir=tmp_path / "content", index_dir=tmp_path / "index")


def test_every_file_is_in_the_index_hidden_or_reported(config: Config) -> None:
    with closing(open_engine(config)) as engine:
        report = index(config, engine)
        sources, _ = discover(open_site(config))
        known = {source.id for source in sources}
        skipped = {problem.path for problem in report.skipped} & known
        assert report.articles > 200
        assert len(engine.manifest()) == engine.search(Query("")).total == report.articles
        assert report.articles + report.hidden + len(skipped) == len(known)
        again = index(config, engine)
        assert (again.generation, again.unchanged) == (report.generation, report.articles)
        assert (again.skipped, again.warnings) == (report.skipped, report.warnings)


def test_small_runs_end_like_a_full_build(config: Config) -> None:
    with closing(open_engine(config)) as engine:
        index(config, engine)
        files = [config.content_dir / id for id in sorted(engine.manifest())]
        for number, path in enumerate(files[::20]):
            if number % 3 == 0:
                path.unlink()
            elif number % 3 == 1:
                path.rename(path.with_name(f"renamed-{path.name}"))
            else:
                with path.open("a", encoding="utf-8") as file:
                    file.write("\n\nA sentence about the xylophone of the editor.\n")
            if number % 5 == 0:
                index(config, engine)
        report = index(config, engine)
        assert report.articles > 200
        elsewhere = replace(config, index_dir=config.index_dir.with_name("other"))
        with closing(open_engine(elsewhere)) as fresh:
            index(elsewhere, fresh)
            assert dict(engine.manifest()) == dict(fresh.manifest())
            for text in (*QUERIES, "xylophone"):
                for sort in Sort:
                    query = Query(text, sort=sort, per_page=50)
                    mine, other = engine.search(query), fresh.search(query)
                    assert (mine.total, mine.facets) == (other.total, other.facets), text
                    assert [hit.id for hit in mine.hits] == [hit.id for hit in other.hits], text
