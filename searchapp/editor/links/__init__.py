"""The links between a blog's articles.

addresses.py  what an address in an article may mean on its own blog
anchors.py    the links in an article's HTML
places.py     where each article is
graph.py      which article links to which, and the links that lead to none
shapes.py     what articles' addresses look like
nearest.py    what a broken link may have meant
linking.py    the graph of an index and its content folder; linkmap.py  the same as pages show it, layout.py  drawn
findings.py   what is wrong with links, in words; spots.py  where in a file a link stands
"""
