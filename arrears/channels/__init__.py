"""How a contact leaves the house: drivers that carry one message each and decide nothing.

A driver is handed a message that the gate has passed and the ledger knows of; it never asks whether it may be sent.
"""

from arrears.channels.message import Driver, Message, Receipt

__all__ = ["Driver", "Message", "Receipt"]
