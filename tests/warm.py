"""Workers that convert articles, forked from a process that has imported what they need.

The real start, of a fresh interpreter, takes a tenth of a second of CPU: more than most tests' work.
"""

from __future__ import annotations

import os
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["searchapp.articles.pool.worker", "tests.warm_model"])


class Worker:
    """What `searchapp.articles.pool.child` uses of a Popen."""

    def __init__(self) -> None:
        inbox, self.stdin = CONTEXT.Pipe(duplex=False)
        self.stdout, outbox = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=work, args=(inbox, outbox), daemon=True)
        self._process.start()
        inbox.close()
        outbox.close()

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode


def work(inbox: Connection, outbox: Connection) -> None:
    """In the worker: its pipes are its standard streams, as they are in one that was started."""
    from searchapp.articles.pool.worker import main

    os.dup2(inbox.fileno(), 0)
    os.dup2(outbox.fileno(), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    inbox.close()
    outbox.close()
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    main()
