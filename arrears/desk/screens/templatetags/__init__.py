"""How things are shown on a page."""
