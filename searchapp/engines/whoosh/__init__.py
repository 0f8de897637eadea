"""The embedded engine: a Whoosh index in generations on disk."""
