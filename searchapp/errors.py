"""All exceptions with messages for people. Each message is one line that says what to do.

SearchappError                      exit code 1
├── UsageError                      2  wrong usage or configuration
│   ├── ConfigError                 2  names the key, the file and the line
│   ├── InstallationError           2  a library is missing, or two conflicting ones are installed
│   ├── ParameterError              2  (HTTP 400) names the parameter
│   ├── DraftError                  2  (HTTP 400, 413) a draft that is empty, no text or too long
│   └── QuestionsError              2  names the file of golden queries, and the line
├── NotFoundError                   1  (HTTP 404) no such article
├── SignatureError                  1  (HTTP 403) a missing or wrong signature
├── EndingError                     1  (HTTP 503) the server is about to end
├── AccessFileError                 3  the file of access tokens is damaged, unreadable or accessible to others
├── TooManyAttemptsError            1  (HTTP 429) too many wrong tokens
└── IndexUnusableError              3  (HTTP 503)
    ├── IndexMissingError           3  nothing built yet
    ├── IndexDamagedError           3  wrong checksums, format or permissions
    ├── IndexLockedError            3  another process is building
    ├── IndexWriteError             3  disk full, read-only, input/output error
    └── IndexUnreachableError       3  the cluster does not answer, or with an error
"""

from __future__ import annotations


class SearchappError(Exception):
    """Base class: an error with a message for people, and the exit code of commands."""

    exit_code = 1


class UsageError(SearchappError):
    """The command or its configuration is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file, variable or flag has an unknown key or an invalid value."""


class InstallationError(UsageError):
    """A required library is missing or conflicts with another; the message says what to run."""


class ParameterError(UsageError):
    """A request's parameter has an invalid value; `parameter` is its name."""

    def __init__(self, parameter: str, message: str, **values: object) -> None:
        """`message` is in English, with `%(name)s` for the parameter and for the other `values`."""
        self.parameter = parameter
        self.message = message
        self.values = {"name": parameter, **values}
        super().__init__(message % self.values)


class DraftError(UsageError):
    """A draft can't be used; the message, which does not name it, says why and what to do."""


class QuestionsError(UsageError):
    """A file of golden queries is invalid; the message names file, line and what to do."""

    def __init__(self, file: object, line: int | None, reason: str) -> None:
        place = f"{file}:{line}" if line else f"{file}"
        super().__init__(f"{place}: {reason}")


class NotFoundError(SearchappError):
    """There is no article with that id, path or URL."""


class SignatureError(SearchappError):
    """A webhook's body is not signed with the shared secret."""


class EndingError(SearchappError):
    """The server is about to end and should get no more requests."""


class AccessFileError(SearchappError):
    """The file of access tokens can't be used."""

    exit_code = 3


class TooManyAttemptsError(SearchappError):
    """Too many wrong tokens: further ones are refused for `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"there were too many wrong tokens; try again in {seconds} seconds")


class IndexUnusableError(SearchappError):
    """There is no usable index."""

    exit_code = 3


class IndexMissingError(IndexUnusableError):
    """Nothing has been indexed yet."""


class IndexDamagedError(IndexUnusableError):
    """The index exists but can't be trusted: incomplete, altered, of another format, or writable by others."""


class IndexLockedError(IndexUnusableError):
    """Another process is building this index."""


class IndexWriteError(IndexUnusableError):
    """The index can't be written; the current generation is unchanged."""


class IndexUnreachableError(IndexUnusableError):
    """The index may be intact, but the cluster does not answer, refuses, or is no supported one."""
