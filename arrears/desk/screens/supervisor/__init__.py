"""The pages of the supervisor."""
