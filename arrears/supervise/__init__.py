"""Supervision of rates and charges (clause M2): every charge of a business day computed again, in columns.

The day's postings and statements, the transactions since the account's last closings and the product's terms come in; each
charge with what it should have been, the breaches with their correcting entries, and the accounts whose charges are blocked go
out. It never changes a balance or a charge, and never passes what it could not recompute: that is listed with its reason.
"""
