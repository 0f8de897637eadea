"""How often something was tried, and what was lost; seeds."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field

SEED = 20240907
"""The seed that is always tried."""


def fresh_seed() -> int:
    """Another one, told so that it can be tried again: FAULTS_SEED=…"""
    seed = int(os.environ.get("FAULTS_SEED", "0")) or secrets.randbits(32)
    print(f"FAULTS_SEED={seed}")
    return seed


@dataclass(slots=True)
class Tally:
    """What a family tried.

    counts    how often, by what was tried
    lost      a line for each time that something was not as it must be
    """

    family: str
    counts: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def add(self, what: str, wrong: str = "") -> None:
        """Notes one try; `wrong` is what was not right."""
        self.counts[what] = self.counts.get(what, 0) + 1
        if wrong:
            self.lost.append(f"{what}: {wrong}")

    def check(self) -> None:
        """Fails with what was lost."""
        assert self.total, self.family
        shown = "\n".join(self.lost[:20])
        assert not self.lost, f"{self.family}: {len(self.lost)} of {self.total} lost\n{shown}"
