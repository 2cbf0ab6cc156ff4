"""The day's plan in the database: customers, what the gate must know of them, and the contacts that are due."""
