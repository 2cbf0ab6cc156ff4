"""The law on matters that are no contacts: a matter, or a table of them, comes in; by how much each rule is exceeded goes out.

`judge` answers for one matter given as JSON, `screen_matters` for a day's matters as columns; both read the same packs. The
room knows no account and no product: whoever asks gives every fact, and what is not given is not so.

A table of charges has these columns, none null, '' or 0 where nothing is known (`matter_rows.columns_of("charge")`; the meaning
of each stands beside its field in `arrears.law.matter.Charge`):

text    matter_id, jurisdiction, acts (issuer, agency), currency, flags (`,a,b,`: the customer's flags and words such as
        penalty_rate, made_in_service), charge (interest, late_charge, overlimit_fee, annual_fee, cash_fee, fx_fee,
        instalment_fee, payment_fee, declined_fee, inactivity_fee, closing_fee, report_fee, other_fee,
        returned_payment_fee)
amounts amount_minor, base_minor, fee_base_minor, grace_base_minor, agreed_minor, minimum_due_minor, unpaid_minimum_minor,
        credit_limit_minor, principal_minor, fees_first_year_minor, charged_since_default_minor
rates   daily_rate_ppm, annual_rate_ppm, total_rate_ppm, rate_before_ppm
counts  days, months_on_book, charged_before_n, cycles_late, cycles_since_late, costing_months, on_time_payments,
        reports_this_year, dpd

`agreed_minor` is what the product allows for a late charge: China refuses one above it (CN-111-3a), so 0 refuses every one.
"""

from arrears.law.matter import Matter, matter_schema, parse_matter
from arrears.law.matters.examples import test_matters
from arrears.law.matters.judging import MatterVerdict, judge, judge_json
from arrears.law.matters.screening import screen_matters

__all__ = [
    "Matter",
    "MatterVerdict",
    "judge",
    "judge_json",
    "matter_schema",
    "parse_matter",
    "screen_matters",
    "test_matters",
]
