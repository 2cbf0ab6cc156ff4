"""Allocation: which of a customer's possible contacts is made today.

Candidates and the law's verdicts come in; every candidate goes out with one decision and its why. It never makes a contact
that the law refused, and never knows how a contact is carried out.

`first_lawful` is the plain rule. `solve` finds the best plan under shared capacities: `problem` holds its columns, `tasks` and
`kernels` what is asked of one partition of customers, `sweeping` where partitions are, `prices` and `repair` how it decides.
"""
