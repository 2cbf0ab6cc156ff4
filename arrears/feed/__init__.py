"""The feed: what the card system delivers for one business date.

A folder of CSV or Parquet files comes in; its good rows go out in the contract's types, cut into the book's shards, and its
bad rows go to quarantine with file, row, reason and remedy. It never changes a value, drops a row, or publishes a part.
"""
