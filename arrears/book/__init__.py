"""The book: the portfolio as of the end of a business date.

In come yesterday's book and a feed taken in; out go one row an account (aged by its own calendar and product), one row a
customer (aged by the worst account), the contact points, consents and flags. It decides nothing and contacts nobody.
"""
