"""Our engine beside its peers: the same made articles, the same queries, the same work, each in a process of its own.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.peers [--articles 100000] [--quick] [--svg file] [--npm node_modules]

Every peer is optional: pip install '.[bench]' (tantivy, bm25s), apt-get install python3-xapian, npm install minisearch
pagefind; SQLite and stock Whoosh are there. `corpus` makes articles and requests, `measure` is what runs in a process,
`processes` starts them, `table` and `chart` show the figures; a module or script for each peer.
"""
