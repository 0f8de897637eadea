"""Everything of a search that does not depend on how an engine stores its index."""
