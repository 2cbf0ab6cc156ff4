"""Who works on which customer now: locks, call-backs, reassignments, placements, targets and quality checks."""
