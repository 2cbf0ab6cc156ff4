"""What managers and supervisors read after the day: one summary, as lines for a terminal and as one self-contained page.

A workspace and a date come in; a frozen `Summary` goes out, and from it alone the lines and the page are made, so that they
never disagree. It never changes a table, never shows personal data, and reaches no network.
"""

from arrears.report.page import page, write_page
from arrears.report.summarising import summarise
from arrears.report.summary import Summary
from arrears.report.terminal import print_summary

__all__ = ["Summary", "page", "print_summary", "summarise", "write_page"]
