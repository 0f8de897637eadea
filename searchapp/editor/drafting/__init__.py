"""A draft in hand.

drafts.py     all there is to say of it: suggestions.py (links), labels.py (tags), pasting.py (Markdown)
candidates.py phrases of a draft and what they may mean; weighing.py  how much each speaks for it
names.py      what an article is called; words.py  texts as words with their places; targets.py  what a draft links
"""
