"""The command line: thin modules by topic, each command a few lines that call a room and show what it answers.

Words come in, text or one JSON document goes to standard output, progress and errors go to standard error. It holds no rule of
the trade, and it alone reads the real clock and the environment.
"""

from arrears.cli.edge import app, main

__all__ = ["app", "main"]
