"""What an editor asks of a blog: reports and suggestions over an index, as plain values.

reading.py   the articles of an index, one after the other
alike.py     articles that say almost the same as a draft
shingles.py  texts as sets of their runs of words; minhash.py  which of many such sets may be alike
"""
