"""What `serve` refuses to run with, and what it only warns of."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

from searchapp import web
from searchapp.errors import ConfigError, IndexDamagedError

_log = logging.getLogger(__name__)


def refuse(index_dir: Path) -> None:
    """Raises ConfigError for Flask's debugger, IndexDamagedError for an index folder that others can write."""
    if web.is_debugging():
        raise ConfigError(
            "FLASK_DEBUG is set, which shows readers the inside of this program; unset it and start again"
        )
    try:
        mode = index_dir.stat().st_mode
    except FileNotFoundError:  # a cluster may be all there is
        return
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise IndexDamagedError(f"{index_dir} can be written by others; run: chmod go-w '{index_dir}'")


def warn() -> None:
    """Says on the log what is unwise."""
    if os.geteuid() == 0:
        _log.warning("this runs as root; give it a user of its own (searchapp deploy systemd prints a unit that does)")
