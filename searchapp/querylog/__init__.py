"""What readers look for: a log of searches and of what was opened, without anybody in it.

A row says that in one hour a query was sought through one interface so many times, with so many results. There is no
address, cookie, browser or identifier in it, no order within the hour, and no keystrokes: a search counts once it is
final. Queries that look like somebody's data are masked before they are kept.

privacy.py   what of a query is kept
entries.py   one search, one click
store.py     the SQLite file: made, written, kept small, set aside when damaged
writer.py    the queue and the thread that empties it: a search waits for neither disk nor lock
reading.py   the reports' numbers
advice.py    what to paste into the configuration
"""

from searchapp.querylog.entries import Click, Interface, Outcome, Search
from searchapp.querylog.writer import QueryLog

__all__ = ["Click", "Interface", "Outcome", "QueryLog", "Search"]
