"""A buyer and a seller disagree: the case, its thread and evidence, its resolution in money."""
