"""Results while typing (`live=1`): the last word of the query may be the start of a longer one."""

from __future__ import annotations

from dataclasses import replace

from searchapp.model import Query, Results
from searchapp.query import while_typing
from searchapp.web import params, search_tracking
from searchapp.web.state import state


def is_unfinished(args: params.Args, query: Query) -> bool:
    """Whether `live=1` is given and makes a difference to this query, which `args` were read as."""
    if not params.flag(args, "live"):
        return False
    return while_typing(query.text) != query.text and not params.single(args, "q")[-1].isspace()


def asked(query: Query, unfinished: bool) -> Query:
    """What is asked of the engine."""
    return replace(query, text=while_typing(query.text)) if unfinished else query


def find(query: Query, unfinished: bool) -> Results:
    """The results of a query, as those of the text that the reader typed."""
    wanted = asked(query, unfinished)
    results = state().engine.search(wanted)
    search_tracking.remember(results)
    # What was added to the text is not what the reader meant.
    added = wanted.text.removeprefix(query.text)
    meant = results.did_you_mean.removesuffix(added) if results.did_you_mean else None
    return replace(results, query=query, did_you_mean=meant)
