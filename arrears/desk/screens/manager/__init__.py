"""The pages of the manager."""
