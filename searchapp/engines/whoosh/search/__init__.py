"""Search in one snapshot of a Whoosh index over memory-mapped arrays."""
