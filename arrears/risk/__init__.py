"""Risk: how likely each customer is to fail to pay, in points that a clerk can add up, and why.

In comes the book's customers and a scorecard (data, named by its hash); out go `customer_id, score, band, reason_1..3` and
the counts that show whether the book still looks like the one the scorecard was fitted on. It never uses sex, age, marriage,
education, language or place, reads no clock, and decides on no contact.
"""

from arrears.risk.explain import AttributeScore, explain_score
from arrears.risk.score import bin_counts, scored
from arrears.risk.scorecard import RiskError, Scorecard, load_scorecard

__all__ = ["AttributeScore", "RiskError", "Scorecard", "bin_counts", "explain_score", "load_scorecard", "scored"]
