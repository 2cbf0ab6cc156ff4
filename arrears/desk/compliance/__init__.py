"""What compliance officers read and begin: refusals, conduct, charges, the ledger verified, the law, the record."""
