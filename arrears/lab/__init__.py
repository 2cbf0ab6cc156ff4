"""Simulated cardholders: a bank's feed made from counts and a seed, dirt planted in it, and books made for measuring.

Seeds and counts come in; feed folders, or a workspace, go out on disk. What happens to a simulated customer never depends on
what the rest of `arrears` computes from the files, and nobody and nothing in them is real.
"""
