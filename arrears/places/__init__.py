"""Where a customer may be: every plausible time zone of a telephone number or an address.

A number in E.164 or a country and region come in, IANA zones go out. A number or address that tells no place is an error that
says what to do: no zone is ever guessed, and several are all given.
"""

from arrears.places.addresses import known_zones, zones_of_address
from arrears.places.numbers import zones_of_number

__all__ = ["known_zones", "zones_of_address", "zones_of_number"]
