"""Protocol of parent and child processes: frames of a length and a pickle."""

from __future__ import annotations

import os
import pickle
import struct

HEADER = struct.Struct(">I")
"""Length in bytes of the pickle that follows."""

HELLO = "ready"
"""A child's first message, once it has started."""

PARSED_DRAFT = "parsed"
"""In place of an id: read the text given as the path as a `ParsedDraft`; with any other id as a `Draft`."""

Task = tuple[str, str, tuple[int, ...], str, str]
"""(id, path, signature, why to read it as plain text or "", known digest or "")"""


def write(descriptor: int, value: object) -> None:
    """Write one frame, blocking while the pipe is full. Raises BrokenPipeError if the reader has gone."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    view = memoryview(HEADER.pack(len(body)) + body)
    while view:
        view = view[os.write(descriptor, view) :]
