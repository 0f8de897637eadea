"""Reports and suggestions for a blog's editor, computed from an index, as plain values.

links            the link graph, broken links, orphans
near_duplicates  near-duplicate and contained articles
tagging          tags and categories that could be merged
drafting         suggestions for a draft; uses the packages above
"""
