"""Why a row may be refused: one stable code each, a line in English and in Chinese, and what to do.

`{column}` is the column, `{wanted}` what the contract allows there. The codes are part of the interface: reports and tests
count by them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """A reason code with its texts; `remedy` is for whoever makes the feed."""

    code: str
    en: str
    zh: str
    remedy: str


_REASONS = (
    Reason(
        "bad_encoding",
        "the row is not UTF-8",
        "该行不是有效的 UTF-8 编码",
        "write the file as UTF-8; the byte position is in the value",
    ),
    Reason(
        "column_count",
        "the row has more or fewer fields than the header",
        "该行字段数与表头不符",
        "quote fields that hold commas or line breaks (RFC 4180)",
    ),
    Reason(
        "bad_quoting",
        "the quotes of the row do not pair",
        "该行引号不成对",
        'double every quote inside a quoted field (RFC 4180: "")',
    ),
    Reason("unreadable_row", "the row cannot be read", "该行无法读取", "write one record a line, at most 2 MB long"),
    Reason("missing_value", "{column} is required and empty", "{column} 必填，但为空", "fill {column} in the source"),
    Reason(
        "wrong_type",
        "{column} is not {wanted}",
        "{column} 类型不符，应为 {wanted}",
        "see docs/feed.md for the type of {column}",
    ),
    Reason(
        "decimal_amount",
        "{column} is a decimal; amounts are whole minor units",
        "{column} 带小数；金额须为最小货币单位的整数",
        "multiply by the currency's minor units: 12.50 CNY is 1250",
    ),
    Reason(
        "no_such_date",
        "{column} is no date of the calendar",
        "{column} 不是历法中存在的日期",
        "send a date that exists, as YYYY-MM-DD",
    ),
    Reason(
        "unknown_code",
        "{column} is none of {wanted}",
        "{column} 不在允许取值之列：{wanted}",
        "map the source's code to one of the contract's",
    ),
    Reason(
        "bad_id",
        "{column} is not 1 to 32 of A-Z a-z 0-9 . _ -",
        "{column} 须为 1 至 32 个字符（A-Z a-z 0-9 . _ -）",
        "use the bank's technical id, without spaces",
    ),
    Reason(
        "bad_characters",
        "{column} holds control characters",
        "{column} 含控制字符",
        "remove the control characters in the source",
    ),
    Reason("too_long", "{column} is longer than {wanted} characters", "{column} 超过 {wanted} 个字符", "shorten {column}"),
    Reason(
        "below_low",
        "{column} is below {wanted}",
        "{column} 小于 {wanted}",
        "amounts bear no sign (the kind gives it); correct the value",
    ),
    Reason(
        "above_high",
        "{column} is above {wanted}",
        "{column} 大于 {wanted}",
        "check the unit: amounts are minor units; correct the value",
    ),
    Reason("date_out_of_range", "{column} is not within {wanted}", "{column} 不在 {wanted} 之内", "correct the year"),
    Reason(
        "unknown_country",
        "{column} is not an ISO 3166-1 alpha-2 code",
        "{column} 不是 ISO 3166-1 两位国家代码",
        "send CN, TW, US, ...",
    ),
    Reason(
        "unknown_time_zone",
        "{column} is not an IANA time zone",
        "{column} 不是 IANA 时区名",
        "send a name such as Asia/Shanghai, or leave it empty",
    ),
    Reason(
        "future_date",
        "{column} is after {wanted}",
        "{column} 晚于 {wanted}",
        "send the row in the feed of its date, or correct {column}",
    ),
    Reason(
        "too_old",
        "{column} is older than {wanted} days before the business date",
        "{column} 早于营业日前 {wanted} 天",
        "older corrections go into the account's balance, not into the history",
    ),
    Reason(
        "dates_disagree",
        "{column} contradicts another date of the row: {wanted}",
        "{column} 与同行日期矛盾：{wanted}",
        "correct one of the dates",
    ),
    Reason(
        "past_due_above_minimum",
        "past_due_minor is more than minimum_payment_minor",
        "past_due_minor 大于 minimum_payment_minor",
        "the minimum payment includes its past-due part",
    ),
    Reason(
        "reversal_without_original",
        "a reversal names no transaction that it reverses",
        "冲正未指明原交易",
        "fill reverses_id",
    ),
    Reason(
        "reversal_mismatch",
        "the reversal does not fit the transaction it names: {wanted}",
        "冲正与所指原交易不符：{wanted}",
        "correct reverses_id, the kind, the amount or the value date",
    ),
    Reason(
        "unknown_product",
        "{column} is not in bank.toml",
        "{column} 不在 bank.toml 中",
        "add the product to bank.toml, or correct the id",
    ),
    Reason(
        "product_currency",
        "the account's currency is not its product's",
        "账户币种与产品币种不符",
        "give each currency its own product",
    ),
    Reason(
        "account_currency",
        "the currency is not the account's",
        "币种与账户币种不符",
        "send the amount in the account's currency",
    ),
    Reason(
        "account_moved",
        "the account is known with another customer or currency",
        "该账户此前属于其他客户或币种",
        "open a new account id; an id stays with its customer and currency",
    ),
    Reason(
        "statement_not_newer",
        "the account has a newer statement already",
        "该账户已有更新的账单",
        "only the newest statement can be corrected; send it with the same statement_date",
    ),
    Reason(
        "duplicate_row",
        "an identical row with this key is there already",
        "相同主键的相同行已存在",
        "send each row once; the first one was taken in",
    ),
    Reason(
        "duplicate_conflict",
        "rows with this key contradict each other",
        "相同主键的行内容矛盾",
        "send one row with this key; none of them was taken in",
    ),
    Reason(
        "unknown_parent",
        "{column} is neither in {wanted} of this feed nor in the book",
        "{column} 既不在本次 {wanted} 中，也不在账簿中",
        "deliver the row of {wanted} with it or before it",
    ),
    Reason(
        "parent_quarantined",
        "the row that {column} refers to, in {wanted}, was quarantined",
        "{column} 所指的 {wanted} 行已被隔离",
        "mend the row of {wanted} first; then send both again",
    ),
)

REASONS: dict[str, Reason] = {reason.code: reason for reason in _REASONS}
"""Every reason by its code, in the order in which checks are made."""
