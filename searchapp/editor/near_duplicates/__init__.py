"""Near-duplicate and contained articles, by w-shingling and MinHash."""
