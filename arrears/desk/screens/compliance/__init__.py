"""The pages of the compliance."""
