"""Conduct: what a complaint would be about, found before it is made.

The contacts of the last 60 days, the book and the plan of a date come in; a list of findings goes out, each with its numbers,
the contacts that show it and what a person is to do. It blocks no contact, changes no table, and tells no name or number.
"""

from arrears.conduct.findings import Conduct, Finding
from arrears.conduct.monitor import monitor
from arrears.conduct.thresholds import Thresholds, load_thresholds

__all__ = ["Conduct", "Finding", "Thresholds", "load_thresholds", "monitor"]
