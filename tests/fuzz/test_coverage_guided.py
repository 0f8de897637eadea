"""Half a minute of fuzzing each parser in CI; an hour is `python -m tests.fuzz.coverage_guided query -max_total_time=3600`."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = int(os.environ.get("FUZZ_SECONDS", "20"))
ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.timeout(7800)
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="needs atheris: pip install -e '.[fuzz]'")
@pytest.mark.parametrize("target", ["query", "front-matter"])
def test_nothing_makes_a_parser_fail(tmp_path: Path, target: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    options = [f"-max_total_time={SECONDS}", "-print_final_stats=1", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.coverage_guided", target, *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    runs = re.search(r"number_of_executed_units: *(\d+)", done.stderr)
    assert runs is not None, done.stderr[-4000:]
    print(f"{target}: {runs[1]} inputs in {SECONDS} s")
    assert int(runs[1]) > 100
