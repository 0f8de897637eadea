"""The segment format: the Whoosh codec whose postings, lengths and columns are numpy arrays."""
