"""What managers read: the NPL ratio and what moved it, rolls, vintages, contacts, promises, arms, cost; and their accounts."""
