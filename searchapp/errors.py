"""Every error that a person may see. Each message is one line that says what to do.

SearchappError                      exit code 1
├── UsageError                      2  wrong usage or configuration
│   ├── ConfigError                 2  names the key, the file and the line
│   ├── InstallationError           2  a library is missing, or two that overwrite each other are there
│   ├── ParameterError              2  (HTTP 400) names the parameter
│   ├── DraftError                  2  (HTTP 400, 413) a draft that is empty, no text or too long
│   └── QuestionsError              2  names the file of golden queries or judgements, and the line
├── NotFoundError                   1  (HTTP 404) no such article
├── SignatureError                  1  (HTTP 403) a message that does not come from who it should
├── EndingError                     1  (HTTP 503) the server is about to end
├── AccessFileError                 3  the file of access tokens is damaged, out of reach or open to others
├── TooManyAttemptsError            1  (HTTP 429) wrong tokens
└── IndexUnusableError              3  (HTTP 503)
    ├── IndexMissingError           3  nothing built yet
    ├── IndexDamagedError           3  checksums, format or permissions are not as they must be
    ├── IndexLockedError            3  another process is building
    ├── IndexWriteError             3  disk full, read-only, input/output error
    └── IndexUnreachableError       3  what keeps the index does not answer, or not as it must
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


class InstallationError(UsageError):
    """What is installed beside searchapp is not as it must be; the message says what to run."""


class ParameterError(UsageError):
    """A request's parameter has a bad value; `parameter` is its name."""

    def __init__(self, parameter: str, message: str, **values: object) -> None:
        """`message` is in English, with `%(name)s` for the parameter and for the other `values`."""
        self.parameter = parameter
        self.message = message
        self.values = {"name": parameter, **values}
        super().__init__(message % self.values)


class DraftError(UsageError):
    """An unpublished text can't be used; the message, without its name, says why and what to do."""


class QuestionsError(UsageError):
    """A file of queries or judgements is not as it must be; the message names file, line and what to do."""

    def __init__(self, file: object, line: int | None, reason: str) -> None:
        place = f"{file}:{line}" if line else f"{file}"
        super().__init__(f"{place}: {reason}")


class NotFoundError(SearchappError):
    """There is no article of that id, path or URL."""


class SignatureError(SearchappError):
    """A message is not signed with the secret that its sender should have."""


class EndingError(SearchappError):
    """The server is about to end and should be asked nothing more."""


class AccessFileError(SearchappError):
    """The file of access tokens can't be used."""

    exit_code = 3


class TooManyAttemptsError(SearchappError):
    """So many wrong tokens that none is looked at for `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"there were too many wrong tokens; try again in {seconds} seconds")


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


class IndexUnreachableError(IndexUnusableError):
    """The index may be whole, but what keeps it does not answer, refuses to, or is not what it should be."""
