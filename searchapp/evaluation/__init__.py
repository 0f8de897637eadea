"""Evaluation of relevance: golden queries with judgements, run on any engine, measured by hit@k, MRR and nDCG."""
