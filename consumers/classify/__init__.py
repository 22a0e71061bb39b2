"""From an item to a report: which diplomatic acts it tells of. Pure."""
