"""The segment format: a Whoosh codec whose postings, lengths and columns are numpy arrays."""
