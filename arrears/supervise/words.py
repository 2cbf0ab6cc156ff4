"""What charges, reasons and supervision's own rules are called, in English and Chinese, side by side."""

from __future__ import annotations

from arrears.supervise.columns import DISCLOSURE_RATE

CHARGE_WORDS: dict[str, tuple[str, str]] = {
    "interest": ("interest", "利息"), "late_charge": ("late charge", "违约金"), "cash_fee": ("cash advance fee", "取现手续费"),
    "instalment_fee": ("instalment fee", "分期手续费"), "over_limit_fee": ("over-limit fee", "超限费"),
    "other_fee": ("fee that was not agreed", "未约定的费用"), "minimum_payment": ("minimum payment", "最低还款额"),
}  # fmt: skip
REASON_WORDS: dict[str, tuple[str, str]] = {
    "history_too_short": ("depends on transactions before the first feed", "取决于首次数据之前的交易"),
    "no_statement": ("posted on a day without a statement of the account", "入账日该账户无账单"),
    "posted_late": ("delivered after the day it was posted", "晚于入账日送达"),
    "residual_method": ("the product charges interest on the residual only", "产品仅按未还部分计息，系统不复算"),
}
RULE_WORDS: dict[str, tuple[str, str]] = {
    "PRODUCT-INTEREST": ("Interest above the product's terms", "利息高于产品约定"),
    "PRODUCT-LATE-CHARGE": ("Late charge above the product's terms", "违约金高于产品约定"),
    "PRODUCT-CASH-FEE": ("Cash advance fee above the product's terms", "取现手续费高于产品约定"),
    "PRODUCT-INSTALMENT-FEE": ("Instalment fee above the product's terms", "分期手续费高于产品约定"),
    "PRODUCT-FEE": ("A fee that the product does not have", "产品约定以外的费用"),
    "PRODUCT-MINIMUM": ("Minimum payment above the product's terms", "最低还款额高于产品约定"),
    DISCLOSURE_RATE: ("Rate above the annual rate disclosed to the customer", "利率高于向客户明示的年化利率"),
}
"""Rules of a law pack bear the pack's own titles."""
CORRECT_WORDS: dict[str, tuple[str, str]] = {
    "charge_reversal": ("reverse {amount} of {id}", "冲回 {id} 的 {amount}"),
    "statement_correction": ("issue the statement of {id} again, {amount} lower", "重出 {id} 账单，最低还款额减少 {amount}"),
}
