"""monitor.yaml and the environment, read into frozen settings."""
