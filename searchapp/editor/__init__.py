"""What an editor asks of a blog: reports and suggestions over an index, as plain values.

links         which article links to which, and what is wrong with that
copies        articles that say almost the same
tagging       tags and categories that could be one
drafting      what there is to say of a draft: it looks into the rooms above

reading.py    the articles of an index, one after the other
wanted.py     how well the blog answers what readers sought
crossings.py  rules of a check that need more than one article; unused.py  synonyms that lead to none
"""
