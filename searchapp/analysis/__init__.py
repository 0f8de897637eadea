"""Analysis: text -> terms, of articles and queries alike."""
