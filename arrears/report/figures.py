"""Numbers as people read them in each language. Only here do integers turn into text; nothing turns into a float."""

from __future__ import annotations

from datetime import date
from typing import Literal

from arrears.money import divide_half_up, minor_digits

Language = Literal["en", "zh"]

MINUS, NOTHING = "\N{MINUS SIGN}", "\N{EN DASH}"

SCALES: dict[Language, tuple[tuple[int, str], ...]] = {
    "en": ((10**9, "bn"), (10**6, "m"), (10**3, "k")),
    "zh": ((10**8, "亿"), (10**4, "万")),
}
"""Major units that one word stands for, largest first."""

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def count(number: int) -> str:
    """`1234` as `1,234`."""
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


def signed(number: int) -> str:
    """`12` as `+12`, `0` as `±0`."""
    return "±0" if number == 0 else f"+{number:,}" if number > 0 else count(number)


def percent(ppm: int | None, language: Language, digits: int = 2) -> str:
    """`19230` ppm as `1.92 %`; a dash for a ratio of nothing."""
    if ppm is None:
        return NOTHING
    return f"{_decimal(divide_half_up(abs(ppm) * 10**digits, 10_000), digits, ppm < 0)}{' %' if language == 'en' else '%'}"


def points(ppm: int, language: Language) -> str:
    """A change of a ratio: `+0.03 pp`, in Chinese `+0.03 个百分点`."""
    hundredths = divide_half_up(abs(ppm), 100)
    sign = "±" if hundredths == 0 else MINUS if ppm < 0 else "+"
    return f"{sign}{_decimal(hundredths, 2, False)} {'pp' if language == 'en' else '个百分点'}"


def money(amount_minor: int, currency: str, language: Language) -> str:
    """`123456789, "CNY"` as `CNY 1.2 m`, in Chinese `123.5 万元`."""
    base = 10 ** minor_digits(currency)
    major = abs(amount_minor) // base
    scale, word = next(((scale, word) for scale, word in SCALES[language] if major >= scale), (1, ""))
    text = (
        _decimal(divide_half_up(abs(amount_minor) * 10, base * scale), 1, amount_minor < 0)
        if word
        else count(divide_half_up(abs(amount_minor), base) * (-1 if amount_minor < 0 else 1))
    )
    if language == "en":
        return f"{currency} {text}{' ' + word if word else ''}"
    return f"{text}{' ' + word if word else ' '}元" if currency == "CNY" else f"{currency} {text}{' ' + word if word else ''}"


def money_change(amount_minor: int, currency: str, language: Language) -> str:
    """A change of an amount, with its sign in front."""
    sign = "±" if amount_minor == 0 else MINUS if amount_minor < 0 else "+"
    return sign + money(abs(amount_minor), currency, language)


def whole(amount_minor: int, currency: str) -> str:
    """An amount in whole major units, halves up, without the currency, for columns that name it in their head."""
    rounded = divide_half_up(abs(amount_minor), 10 ** minor_digits(currency))
    return count(-rounded if amount_minor < 0 else rounded)


def long_date(day: date, language: Language) -> str:
    """`Tuesday 24 November 2026`, `2026年11月24日 星期二`."""
    weekday = WEEKDAYS[language][day.weekday()]
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日 {weekday}"
    return f"{weekday} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date, language: Language) -> str:
    """`24 Nov 2026`, `2026年11月24日`."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def _decimal(scaled: int, digits: int, negative: bool) -> str:
    whole_part, part = divmod(scaled, 10**digits)
    return f"{MINUS if negative and scaled else ''}{whole_part:,}" + (f".{part:0{digits}d}" if digits else "")
