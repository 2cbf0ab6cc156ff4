"""The card's arithmetic: cycle, minimum payment, interest, charges, apportionment, days past due, payoff and plans.

What comes in are amounts in minor units, rates in parts per million and dates; what goes out are amounts, counts and codes.
It never reads a clock, a file of the bank or a database, and knows nothing of the book: formulas that stand for a whole
portfolio are written once, for a Python int, a NumPy array and an Ibis column alike.
"""
