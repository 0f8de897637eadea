"""What an editor asks of a blog: reports and suggestions over an index, as plain values.

reading.py  the articles of an index, one after the other
"""
