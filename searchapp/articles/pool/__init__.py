"""Worker processes that read articles under a time and memory limit."""
