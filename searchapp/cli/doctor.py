"""The command `doctor`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import click

from searchapp.cli import output
from searchapp.cli.options import before_loading
from searchapp.config.loading import Config


@click.command("doctor")
@before_loading
def doctor(load: Callable[[], Config], as_json: bool) -> int:
    """Look for what is wrong with this installation, read every byte of the index; exit 1 if there is a problem."""
    from searchapp.doctor import FindingLevel, examine

    findings = tuple(examine(load))
    counts = Counter(each.status for each in findings)
    if as_json:
        checks = [
            {"check": each.check, "status": each.status.value, "found": each.found, "remedy": each.remedy}
            for each in findings
        ]
        totals = {status.value: counts[status] for status in FindingLevel}
        output.print_json({"checks": checks, "counts": totals})
    else:
        rows = [(each.status.value, each.check, each.found, each.remedy) for each in findings]
        output.table(rows, ("", "check", "found", "what to do"))
        summary = ", ".join(
            output.counted(counts[each], each.value) for each in (FindingLevel.PROBLEM, FindingLevel.WARNING)
        )
        output.say(output.stderr(), summary)
    return 1 if counts[FindingLevel.PROBLEM] else 0


COMMANDS = (doctor,)
