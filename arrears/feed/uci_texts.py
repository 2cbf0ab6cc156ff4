"""What is written beside the feeds made of the UCI data: what is observed, what is derived and how, and the bank's settings."""

from __future__ import annotations


def derived_md(minimum_share_bp: int, minimum_floor_dollars: int) -> str:
    """`DERIVED.md`: each derived thing is a line that begins with `- `."""
    share = f"{minimum_share_bp // 100}.{minimum_share_bp % 100:02d} %"
    return f"""# What is observed and what is derived

Source: I-Cheng Yeh, *Default of Credit Card Clients*, UCI Machine Learning Repository, data set 350, CC BY 4.0,
DOI 10.24432/C55S3H; cite Yeh & Lien (2009), Expert Systems with Applications 36(2). 30,000 accounts of a Taiwanese bank,
April (suffix 6) to September 2005 (suffix 1).

## Observed, taken over to the unit
The credit limit (LIMIT_BAL), six statement balances (BILL_AMTn), the sums paid in six months (PAY_AMTn, one payment a month).
NT$ 1 is 100 minor units. The bank's own delay codes (PAY_n) and the outcome are in `observed_pay_codes.parquet`; no feed
holds them, so that nothing computed from the feed has seen them. Sex, education, marriage and age are not taken in.

## Derived: not in the source, made by these rules
- Ids: account `A` and customer `C` with the source's ID in five digits; one account a customer; transaction ids by month.
- Names: `Cardholder` and the number. Language `zh`, country `TW`, time zone Asia/Taipei.
- Contact points: placeholders that can reach nobody (country code +999 is unassigned, `.invalid` is reserved).
- Statement dates: the last day of each month. Due dates: the 20th of the next month.
- Days of payments: the 15th of the month in which they were paid, so a payment of the month counts as in time.
- Minimum payment: {share} of the balance, at least NT$ {minimum_floor_dollars:,}, at most the balance, plus what is past due.
- Past-due part: what the last minimum payment asked for less what was paid in the month; April starts with nothing past due.
- Purchases: one balancing item a month on the 10th, this bill less the last bill plus the payment; it holds interest, fees \
and cash too. Where it is negative it is a refund. April has none.
- Opening balance: April's bill plus April's payment.
- Customer since and account opened: 2005-04-01, the beginning of what is observed; the real dates are unknown.
- Status: `open`. No consents, flags or contacts: the source knows of none.
- Product terms in `bank.toml` other than the minimum payment: assumed; no law pack for Taiwan ships, the Chinese one stands in.

The share of the minimum payment is an assumption with consequences: docs/uci.md shows how much the days past due depend on
it.
"""


def bank_toml(minimum_share_bp: int, minimum_floor_minor: int) -> str:
    """Settings for `arrears run` over the feeds."""
    return f"""# Made by `arrears import uci`. Everything here is assumed, not observed; see DERIVED.md.
name = "UCI sample bank (Taiwan, 2005)"
name_zh = "UCI 样本银行（台湾，2005）"
country = "TW"
timezone = "Asia/Taipei"
currency = "TWD"
languages = ["zh", "en"]
# No law pack for Taiwan ships; the Chinese one stands in.
jurisdictions = ["CN"]
shards = 1

[[products]]
product_id = "uci"
name = "Card of the source"
currency = "TWD"
grace_days = 0
tolerance_minor = 0
daily_rate_ppm = 540
minimum_share_bp = {minimum_share_bp}
minimum_floor_minor = {minimum_floor_minor}
late_charge_bp = 0
late_charge_floor_minor = 0
late_charge_cap_minor = 0
"""
