"""Every change of weight sets, judgements, reductions, competences and introductions."""
