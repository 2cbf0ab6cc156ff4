"""Everything the screens do, for other systems: tokens with scopes, idempotency keys, signed events."""
