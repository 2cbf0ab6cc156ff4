"""What a text says: read for the fields it carries, for what rules forbid it to do, and for its length as a message.

In comes a text, filled in or with placeholders, or what a case declares of one; out go names of fields and features, each with
the words that gave it. The phrases are lists of data, one a language (`en.yaml`, `zh.yaml`); the room decides nothing of law.
"""

from arrears.law.content.lists import LANGUAGES, lists
from arrears.law.content.reading import Found, Reading, read_text
from arrears.law.content.sms import Sms, counted

__all__ = ["LANGUAGES", "Found", "Reading", "Sms", "counted", "lists", "read_text"]
