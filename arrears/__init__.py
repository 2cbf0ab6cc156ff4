"""arrears: delinquency management for credit-card issuers.

Feeds of a card system come in; a dated book, a lawful plan of contacts and the reasons for every decision go out. It never
moves money and never contacts anybody by itself.
"""

__version__ = "0.1.0"
