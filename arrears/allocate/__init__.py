"""Allocation: which of a customer's possible contacts is made today.

Candidates and the law's verdicts come in; every candidate goes out with one decision and its why. It never makes a contact
that the law refused, and never knows how a contact is carried out.
"""
