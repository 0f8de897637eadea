"""The link graph of a blog's articles: resolution of addresses, broken links and their repair, orphans, drawing."""
