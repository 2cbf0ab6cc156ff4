"""Who works at the desk, what each may do and see, and the record of what they saw and decided."""
