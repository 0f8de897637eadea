"""No call that changes files escapes: the kernel is asked for what we have seen, and for nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from searchapp.engines.whoosh.disk import checksums
from tests.faults import builds
from tests.faults.builds import Case

KINDS = {
    "mkdir": "mkdir", "mkdirat": "mkdir", "rmdir": "rmdir", "unlink": "unlink", "unlinkat": "unlink",
    "rename": "rename", "renameat": "rename", "renameat2": "rename", "link": "link", "linkat": "link",
    "symlink": "link", "symlinkat": "link", "write": "write", "pwrite64": "write", "writev": "write",
    "pwritev": "write", "pwritev2": "write", "sendfile": "write", "copy_file_range": "write", "splice": "write",
    "fallocate": "write", "fsync": "fsync", "fdatasync": "fsync", "sync_file_range": "fsync", "msync": "fsync",
    "truncate": "truncate", "ftruncate": "truncate", "chmod": "chmod", "fchmod": "chmod", "fchmodat": "chmod",
    "utimensat": "utime",
}  # fmt: skip
"""System calls that change files -> what `calls` names them."""
CHANGING = set(KINDS.values()) | {"create"}
LINE = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)\) += (-?\d+)")
SCRIPT = """
import sys
from pathlib import Path
from tests.faults import builds
folder = Path(sys.argv[1])
builds.warm(folder / "content")
ended = builds.index(folder, *sys.argv[3:], plan=lambda call: print(call.kind, file=log))
print(ended)
raise SystemExit(ended.code)
"""


def kernel(trace: str, index: str) -> Counter[str]:
    """What was asked of files below `index`, by kind."""
    found: Counter[str] = Counter()
    # Names in quotes, or after a descriptor: 5</index/x>; and the folder that its name is in.
    signs = f'"{index}', f"<{index}"
    folder = f"<{Path(index).parent}>"
    for line in trace.splitlines():
        match = LINE.match(line)
        if match is None or not (any(sign in match[2] for sign in signs) or match[2].endswith(folder)):
            continue
        name, arguments, result = match.groups()
        if name in {"open", "openat", "creat"}:
            if "O_CREAT" in arguments and "O_TRUNC" not in arguments:
                found["opened to be written"] += 1
            elif "O_TRUNC" in arguments:
                found["create or truncate"] += 1
        elif name == "mmap":
            assert not ("MAP_SHARED" in arguments and "PROT_WRITE" in arguments), line
        else:
            assert name in KINDS, line
            # What was asked in vain changes nothing; we tell of it all the same.
            found[KINDS[name]] += 1
        assert result is not None
    return found


def test_the_kernel_is_asked_for_what_we_see_and_nothing_else(cases: Sequence[Case], place: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not here")
    root = str(Path(builds.__file__).parents[2])
    for case in cases[1:]:
        folder, other = case.fresh(place / "traced"), case.fresh(place / "recorded")
        # A file of the last moment is not put on record: both runs are to see files older than that, however fast.
        time.sleep(2 * checksums.TICK_NS / 1e9)
        calls = builds.recorded(other, *case.args)
        script = SCRIPT.replace("folder = Path", 'log = open(sys.argv[2], "w", buffering=1)\nfolder = Path')
        log, trace = place / "log", place / "trace"
        names = ",".join([*(name for name in KINDS), "open", "openat", "creat", "mmap"])
        command = [strace, "-f", "-y", "-s", "4096", "-e", f"trace=?{names.replace(',', ',?')}", "-o", str(trace)]
        command += [sys.executable, "-c", script, str(folder), str(log), *case.args]
        run = subprocess.run(command, cwd=root, env={"PYTHONPATH": root}, capture_output=True, text=True)
        if "ptrace" in run.stderr.lower():
            pytest.skip(f"strace may not trace here: {run.stderr.strip()}")
        assert run.returncode == 0, (run.stdout, run.stderr)
        asked = kernel(trace.read_text(), str(folder / "index"))
        # Of files that are opened to be written some are there already, and are not cut.
        opened = asked.pop("opened to be written", 0) + asked.pop("create or truncate", 0)
        seen = Counter(kind for kind in log.read_text().split() if kind in CHANGING)
        assert seen == Counter(call.kind for call in calls if call.kind in CHANGING)
        made = seen.pop("create", 0)
        assert made <= opened <= made + 2
        assert seen == asked
