"""How good the results are: queries with known good answers, asked of any engine, in figures.

questions.py  the nouns: a question, what is judged good for it, and a set of both with its floor
golden.py     golden queries of a blog, in YAML or TOML
measures.py   hit@k, MRR and nDCG, as formulas over a ranking
verdict.py    asks an engine all questions and sums up
record.py     the run before, to compare with
"""
