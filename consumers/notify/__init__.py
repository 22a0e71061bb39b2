"""From an alert to its deliveries, at each destination in its own way."""
