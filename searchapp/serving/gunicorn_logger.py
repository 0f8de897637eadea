"""What gunicorn has to say, in the same lines as everything else: cleaned, without secrets and without queries."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from searchapp import logs


class ServerLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's logger, with our handlers in place of its own if there are any."""

    def setup(self, cfg: Any) -> None:
        """Called when the server starts, and when it reads its settings again."""
        super().setup(cfg)
        if ours := logs.handlers():
            self.error_log.handlers[:] = ours
