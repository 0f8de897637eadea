"""Files of numpy arrays that are memory-mapped.

Arrays are little-endian, aligned to 8 bytes, and of the narrowest unsigned type that fits. The file starts with MAGIC,
the length of a JSON header in eight bytes, and the header: {…facts, "arrays": {name: [offset, dtype, count]}}. Nothing
is pickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"SAPOST1\0"
Array = npt.NDArray[Any]


def write_arrays(stream: Any, facts: Mapping[str, object], arrays: Mapping[str, Array]) -> None:
    """Write one-dimensional, little-endian arrays, with `facts` in the header."""
    table: dict[str, list[object]] = {}
    offset = 0
    for key, array in arrays.items():
        table[key] = [offset, array.dtype.str, len(array)]
        offset += -(-array.nbytes // 8) * 8
    header = json.dumps({**facts, "arrays": table}).encode()
    header += b" " * (-len(header) % 8)
    stream.write(MAGIC + len(header).to_bytes(8, "little") + header)
    for array in arrays.values():
        stream.write(array.tobytes())
        stream.write(b"\0" * (-array.nbytes % 8))


def text_arrays(name: str, texts: Sequence[bytes]) -> dict[str, Array]:
    """Return strings as two arrays: `<name>/text`, concatenated, and `<name>/starts`, offsets with the end."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    return {
        f"{name}/text": np.frombuffer(b"".join(texts), np.uint8),
        f"{name}/starts": np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
    }


def narrow(array: Array) -> Array:
    """Convert non-negative integers to the narrowest type that fits them; floats to float64."""
    if array.dtype.kind == "f":
        return array.astype("<f8")
    return array.astype(unsigned(int(array.max()) if len(array) else 0))


def unsigned(top: int) -> str:
    """Return the narrowest dtype for numbers up to `top`."""
    return f"<u{next(size for size in (1, 2, 4, 8) if top < 1 << 8 * size)}"


class ArraysFile:
    """A memory-mapped file of `write_arrays`, read-only. Raises ValueError if it is no such file."""

    def __init__(self, path: Path) -> None:
        self._map = np.memmap(path, np.uint8, "r")
        if bytes(self._map[:8]) != MAGIC:
            raise ValueError(f"{path} is not a file of arrays")
        end = 16 + int.from_bytes(bytes(self._map[8:16]), "little")
        self.facts: dict[str, Any] = json.loads(bytes(self._map[16:end]))
        table = self.facts.pop("arrays")
        self._arrays = {key: self._view(end + offset, dtype, n) for key, (offset, dtype, n) in table.items()}

    def _view(self, offset: int, dtype: str, count: int) -> Array:
        size = np.dtype(dtype).itemsize
        if offset + size * count > len(self._map):
            raise ValueError("a file of arrays is cut short")
        return np.asarray(self._map[offset : offset + size * count].view(dtype))

    def array(self, name: str) -> Array:
        """Return an array by its name in the file."""
        return self._arrays[name]
