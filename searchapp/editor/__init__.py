"""What an editor asks of a blog: reports and suggestions over an index, as plain values.

reading.py    the articles of an index, one after the other
alike.py      articles that say almost the same as a draft
shingles.py   texts as sets of their runs of words; minhash.py  which of many such sets may be alike
duplicates.py near-duplicates in groups, by sketches.py of all articles; contained.py  which are a part of another
differences.py where two articles differ

tags.py       tags and categories that could be one, by filing.py; spellings.py  what tells two labels from one
patches.py    merges of labels as one diff of the files

drafts.py     all there is to say of a draft: suggestions.py (links), labels.py (tags), pasting.py (Markdown)
candidates.py phrases of a draft and what they may mean; weighing.py  how much each speaks for it
names.py      what an article is called; words.py  texts as words with their places; targets.py  what a draft links

addresses.py  what an address in an article may mean on its own blog
anchors.py    the links in an article's HTML
places.py     where each article is
graph.py      which article links to which, and the links that lead to none
shapes.py     what articles' addresses look like
nearest.py    what a broken link may have meant
linking.py    the graph of an index and its content folder; linkmap.py  the same as pages show it, layout.py  drawn
findings.py   what is wrong with links, in words; spots.py  where in a file a link stands

crossings.py  rules of a check that need more than one article; unused.py  synonyms that lead to none
"""
