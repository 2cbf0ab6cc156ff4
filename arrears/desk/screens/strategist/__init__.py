"""The pages of the strategist."""
