"""How hypothesis runs: fewer examples than its default for a fast suite, and no deadline on a busy machine."""

from hypothesis import settings

settings.register_profile("unit", deadline=None, max_examples=50)
settings.load_profile("unit")
