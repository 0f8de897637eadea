"""Bodies: template code stripped, Markdown rendered, sections and plain text extracted."""
