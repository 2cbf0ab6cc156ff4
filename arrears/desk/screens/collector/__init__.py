"""The pages of the collector."""
