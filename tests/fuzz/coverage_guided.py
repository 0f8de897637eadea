"""Bytes that lead further into the code, found by atheris (libFuzzer), for what parses what strangers write.

python -m tests.fuzz.coverage_guided query|front-matter [-max_total_time=3600] [libFuzzer's options]

Ends with a stack and the bytes in a file of the working folder when something fails.
"""

from __future__ import annotations

import sys
import time

import atheris

with atheris.instrument_imports(include=["searchapp"], enable_loader_override=False):
    from searchapp.articles.front_matter import loaders, split
    from searchapp.query import normalise, parse, while_typing
    from searchapp.retrieval import query_terms
    from searchapp.retrieval.query_trees import relax, title_text, whole_phrase, without_stop_words

SECONDS = 5.0
"""Of this thread, for one input of at most 4 KB, with all that instrumentation costs."""


def query(data: bytes) -> None:
    """A query is never an error, whatever it is."""
    text = atheris.FuzzedDataProvider(data).ConsumeUnicode(len(data))
    tree = parse(normalise(text))
    parse(while_typing(normalise(text)))
    relax(tree)
    without_stop_words(tree)
    whole_phrase(tree)
    title_text(tree)
    query_terms.marks(tree, ("en", "de"))


def front_matter(data: bytes) -> None:
    """A file's head is read, or refused with a line and a reason."""
    text = data.decode("utf-8", "replace")
    try:
        found = split.split(text)
    except loaders.FrontMatterError:
        return
    assert isinstance(found.body, str)


TARGETS = {"query": query, "front-matter": front_matter}


def main() -> None:
    """Fuzzes what the first argument names."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(f"which of {', '.join(TARGETS)}?")
    target = TARGETS[sys.argv[1]]

    def one(data: bytes) -> None:
        began = time.thread_time()
        target(data)
        assert time.thread_time() - began < SECONDS, "this takes too long"

    atheris.Setup([sys.argv[0], "-max_len=4096", *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
