"""Our engine beside its peers: the same made articles, the same queries, the same work, each in a process of its own.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.peers [--articles 100000] [--quick] [--svg chart.svg]
"""
