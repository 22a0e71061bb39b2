"""The nouns that travel: item, report, alert, delivery, order. Frozen values, and no I/O."""
