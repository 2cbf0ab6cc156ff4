"""Cases: what was agreed and is open with a customer, across all cards: promises, plans, disputes, complaints, states."""
