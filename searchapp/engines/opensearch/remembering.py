"""Values that are computed once. Python's `cached_property` holds a lock of its class while it computes, before 3.12:
with two threads, of which one waits for the cluster meanwhile, that ends in each waiting for the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class remembered(Generic[Value]):
    """A property that is computed when first asked for; by two threads at the same time, twice."""

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> Value:
        value = self._compute(instance)
        instance.__dict__[self._name] = value
        return value
