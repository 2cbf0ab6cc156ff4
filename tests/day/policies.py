"""A bank's own policy pack, small enough to change by hand."""

from __future__ import annotations

from pathlib import Path

BASE = """
format: 1
id: policy
title: {en: Policy, zh: 政策}
covers: ["*"]
source: a test
base_case: {at: "2028-02-29T12:00:00+08:00", jurisdictions: [CN], acts: issuer, channel: sms, party: debtor,
  purpose: collection, places: [{zone: Asia/Shanghai}], visitors: 2}
rules:
"""
RULE = """
  - id: {id}
    title: {{en: {title}, zh: 规则}}
    citation: {{instrument: Policy, article: "1"}}
    evidence: text
    from: {since}
    binding: policy
    applies_to: both
    kind: {kind}
    params: {params}
    examples:
      - {{expect: refuse, case: {refused}}}
      - {{expect: allow, case: {allowed}}}
"""


def hours(first: str, last: str, title: str = "Hours", channel: str = "sms") -> str:
    """A rule `BANK-hours` that lets messages be sent from `first` to `last` only."""
    return RULE.format(
        id="BANK-hours", title=title, since="2020-01-01", kind="hours",
        params=f'{{channels: [{channel}], allowed: ["{first}", "{last}"]}}',
        refused=f'{{channel: {channel}, at: "2028-02-29T{last}:01+08:00"}}',
        allowed=f'{{channel: {channel}, at: "2028-02-29T{last}:00+08:00"}}',
    )  # fmt: skip


def cap(most: int, days: int, channel: str = "sms", rule: str = "BANK-cap") -> str:
    """A rule that allows so many contacts by `channel` in so many days."""
    made = f'channel: {channel}, history: [{{at: "2028-02-29T09:00:00+08:00", channel: {channel}, outcome: delivered, times: '
    return RULE.format(
        id=rule, title="Cap", since="2020-01-01", kind="frequency_cap",
        params=f"{{channels: [{channel}], per: customer, counting: attempts, max: {most}, window: {{rolling_days: {days}}}}}",
        refused="{" + made + f"{most}}}]}}", allowed="{" + made + f"{most - 1}}}]}}" if most > 1 else f"{{channel: {channel}}}",
    )  # fmt: skip


def write(path: Path, *rules: str) -> Path:
    path.write_text(BASE + "".join(rules), encoding="utf-8")
    return path
