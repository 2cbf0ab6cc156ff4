"""Personal data as it is shown until somebody says that they need it."""

from __future__ import annotations

HIDDEN = "•"
TAIL = 4


def masked_contact(contact: str) -> str:
    """A number by its last four digits, an address by its first letter and domain or its first six characters."""
    if "@" in contact:
        local, _, domain = contact.partition("@")
        return f"{local[:1]}{HIDDEN * 3}@{domain}"
    if sum(letter.isdigit() for letter in contact) > len(contact) / 2:
        return HIDDEN * 4 + contact[-TAIL:] if len(contact) > TAIL else HIDDEN * 4
    return contact[:6] + HIDDEN * 4 if len(contact) > 6 else HIDDEN * 4


def masked_name(name: str) -> str:
    """A name by its first letter."""
    return name[:1] + HIDDEN * 2 if name else ""
