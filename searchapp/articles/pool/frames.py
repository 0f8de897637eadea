"""What parent and child of the process pool say to each other: frames of a length and a pickle."""

from __future__ import annotations

import os
import pickle
import struct

HEADER = struct.Struct(">I")
"""The length of the pickle that follows, in bytes."""

HELLO = "ready"
"""A child's first answer: it has started."""

MANUSCRIPT = "manuscript"
"""In place of an id: the text given as the path is to be read as a `Manuscript`; with any other id as a `Draft`."""

Task = tuple[str, str, tuple[int, ...], str, str]
"""(id, path, signature, why it is to be read as plain text or "", its known digest or "")"""


def write(descriptor: int, value: object) -> None:
    """Writes one frame, however long the pipe makes it take. Raises BrokenPipeError if nobody reads."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    view = memoryview(HEADER.pack(len(body)) + body)
    while view:
        view = view[os.write(descriptor, view) :]
