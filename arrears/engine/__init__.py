"""Where tables are computed: DuckDB by default, Spark when a bank outgrows one machine.

In come Ibis expressions on named tables, compiled once to the engine's SQL; out go Parquet files written by the one writer
of `arrears.store`, so both engines leave the same bytes. An engine holds no logic of the trade: the two differ only in how a
name is bound to files, and how a query's rows are fetched.
"""

from arrears.engine.session import Session, Sessions, bind_as, open_sessions

__all__ = ["Session", "Sessions", "bind_as", "open_sessions"]
