"""Strategies on simulated cardholders: seeds, playbooks and capacities come in; money, cures, contacts, complaints go out.

The day's own queries (`arrears.day.queries`) find scores, segments, candidates, verdicts and decisions on a DuckDB in memory,
while the cardholders' lives and repayments, a self-exciting point process, are arrays that Numba works on.
It never lets a strategy read what only nature knows, writes no Parquet of days, and says nothing about real people.
"""
