"""Tags and categories that could be merged: a report, and the merges as a patch of the articles' files."""
