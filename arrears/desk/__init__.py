"""The desk: the day's plan as work, the ledger of every contact, and the one way by which a contact leaves the house."""
