"""Every error that a person may see. Each message is one line that says what to do.

SearchappError                      exit code 1
├── UsageError                      2  wrong usage or configuration
│   ├── ConfigError                 2  names the key, the file and the line
│   └── ParameterError              2  (HTTP 400) names the parameter
├── NotFoundError                   1  (HTTP 404) no such article
└── IndexUnusableError              3  (HTTP 503)
    ├── IndexMissingError           3  nothing built yet
    ├── IndexDamagedError           3  checksums, format or permissions are not as they must be
    ├── IndexLockedError            3  another process is building
    └── IndexWriteError             3  disk full, read-only, input/output error
"""

from __future__ import annotations


class SearchappError(Exception):
    """The root: an error with a message for people."""

    exit_code = 1


class UsageError(SearchappError):
    """The command or its configuration is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file, variable or flag has an unknown key or a bad value."""


class ParameterError(UsageError):
    """A request's parameter has a bad value; `parameter` is its name."""

    def __init__(self, parameter: str, message: str, **values: object) -> None:
        """`message` is in English, with `%(name)s` for the parameter and for the other `values`."""
        self.parameter = parameter
        self.message = message
        self.values = {"name": parameter, **values}
        super().__init__(message % self.values)


class NotFoundError(SearchappError):
    """There is no article of that id, path or URL."""


class IndexUnusableError(SearchappError):
    """There is no index that can answer."""

    exit_code = 3


class IndexMissingError(IndexUnusableError):
    """Nothing has been indexed yet."""


class IndexDamagedError(IndexUnusableError):
    """The index is there but can't be trusted: torn, altered, of another format, or writable by others."""


class IndexLockedError(IndexUnusableError):
    """Another process is building this index."""


class IndexWriteError(IndexUnusableError):
    """The index can't be written; the generation that was there is untouched."""
