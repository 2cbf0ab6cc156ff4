"""The book: the portfolio as of the end of a business date.

In come yesterday's book and a feed taken in; out go one row an account (aged by its own calendar and product), one row a
customer (aged by the worst account) and the contact points, consents and flags in force. It decides nothing and contacts nobody.
"""
