"""Articles that say almost the same.

alike.py      as a draft
shingles.py   texts as sets of their runs of words; minhash.py  which of many such sets may be alike
duplicates.py near-duplicates in groups, by sketches.py of all articles; contained.py  which are a part of another
differences.py where two articles differ
"""
