"""The command line. A module's COMMANDS are its commands; _MODULES has the module of each.

Exit codes: 0 done, 1 problems or nothing to show, 2 wrong usage or configuration, 3 the index is missing, damaged or
locked, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from searchapp import __version__, logs
from searchapp.cli.output import LogHandler, error_line
from searchapp.errors import SearchappError

INTERRUPTED = 130
_MODULES = {
    "index": "index",
    "search": "search",
    "related": "search",
    "draft": "draft",
    "links": "draft",
    "check": "check",
    "stats": "search",
    "orphans": "orphans",
    "duplicates": "duplicates",
    "tags": "tags",
    "eval": "eval",
    "queries": "queries",
    "serve": "serve",
    "token": "token",
    "config": "serve",
    "doctor": "doctor",
    "deploy": "deploy",
    "help": "help",
}
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
BROKEN_PIPE = 141
"""The exit code of a process that SIGPIPE ended (128 + 13), as shells report it."""


class _Group(click.Group):
    """Turns every exception of a command into one line on standard error and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return all names, in the order of the help text."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import and return one command: importing all of them would cost a search 0.1 s."""
        if cmd_name not in _MODULES:
            return None
        commands: Sequence[click.Command] = import_module(f"{__name__}.{_MODULES[cmd_name]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run the command and exit."""
        kwargs["standalone_mode"] = False
        _prepare_streams()
        code = _outcome(lambda: super(_Group, self).main(*args, **kwargs))
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            code = _leave_pipe()
        except OSError as error:
            _leave_pipe()
            code = _unwritable(error)
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; handles exceptions that click would report in its own way."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(_leave_pipe()) from None
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None


def _leave_pipe() -> int:
    """Redirect standard output to nowhere after a broken pipe, as the interpreter flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _unwritable(error: OSError) -> int:
    error_line(f"the output can't be written ({error.strerror}); make room or send it elsewhere")
    return 1


def _outcome(command: Any) -> int:
    try:
        result = command()
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SearchappError as error:
        error_line(str(error))
        return error.exit_code
    except MemoryError:
        error_line("out of memory; free some, or index fewer articles at once")
        return 1
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return _unwritable(error)
        error_line(f"internal error: {type(error).__name__}: {error}; please report it")
        return 1
    return result if isinstance(result, int) else 0


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        # A service or a cron job may start the process with either closed.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for good
    for stream in (sys.stdout, sys.stderr):
        # File names may hold bytes that are no text; showing them must not fail.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    logs.use(LogHandler())


@click.group(cls=_Group, context_settings={"help_option_names": ["--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="searchapp")
def cli() -> None:
    """Full-text search for a blog's Markdown articles."""


def main() -> NoReturn:
    """Entry point of the `searchapp` command."""
    cli.main(prog_name="searchapp")
