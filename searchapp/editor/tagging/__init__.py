"""Tags and categories that could be one.

tags.py       the report, by filing.py of all articles; spellings.py  what tells two labels from one
patches.py    merges of labels as one diff of the files
"""
