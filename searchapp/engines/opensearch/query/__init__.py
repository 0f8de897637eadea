"""Reading the cluster's index: query compilation, search, statistics."""
