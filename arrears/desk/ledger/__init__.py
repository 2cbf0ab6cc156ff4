"""The ledger: every attempt, receipt, conversation, outcome and note, append-only, chained by hashes in the database itself."""
