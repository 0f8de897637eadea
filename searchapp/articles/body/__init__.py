"""An article's body: template code stripped, Markdown rendered, sections and plain text extracted."""
