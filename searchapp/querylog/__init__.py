"""An anonymous log of searches and opened results, and reports on it.

A row has the number of searches for a query through one interface in one hour, and the number of results. There is no
address, cookie, browser or identifier in it, no order within the hour, and no keystrokes: a search counts once it is
final. Personal data in queries is masked before it is stored.
"""

from searchapp.querylog.entries import AnswerKind, Click, Interface, Search
from searchapp.querylog.writer import QueryLog

__all__ = ["AnswerKind", "Click", "Interface", "QueryLog", "Search"]
