"""What may go wrong under an index, tried out: crashes, power cuts, failing disks, rotten bits, many small runs.

calls.py    every call of a build that touches the file system: recorded, made to fail, or the last one
builds.py   a small blog, builds of it in forked children, and what must be true of an index folder afterwards
crash.py, disks.py, power.py, rot.py    one family each: tries things, and tells what was lost, which is nothing
test_*.py   a seeded sample of each family, all of it where marked slow; the fifth family, that an incremental run is
            as good as a full one, is test_incremental.py

`python -m tests.faults` tries all of it and prints a table.
"""
