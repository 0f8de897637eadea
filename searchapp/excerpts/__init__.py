"""What a result shows of an article: passages, snippets, highlights and text fragments."""
