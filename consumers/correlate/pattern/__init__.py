"""Correlation rules of an operator: many acts within a time that together are worth an alert. In Sigma's words."""
