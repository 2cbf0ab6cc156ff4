"""A scorecard for readers: its points, its bands and how well it does, as Markdown or as lines for a terminal."""

from __future__ import annotations

from typing import Literal

from arrears.risk.scorecard import Band, Bin, Missing, Performance, RiskError, Scorecard

Language = Literal["en", "zh"]


def points_markdown(scorecard: Scorecard, language: Language = "en") -> str:
    """Every bin with its points and, where the file holds them, the accounts of the fit and the share that defaulted."""
    head = ["| attribute | value | points | accounts | defaulted |", "|---|---|---:|---:|---:|"]
    rows = [f"| *base* | | {scorecard.base} | | |"]
    for attribute in scorecard.attributes:
        title = f"{getattr(attribute.title, language)} (`{attribute.id}`)"
        lines: list[tuple[Bin | Missing, str]] = [(each, each.label) for each in attribute.bins]
        for each, label in [*lines, (attribute.missing, "missing")]:
            rows.append(f"| {title} | {label} | {each.points} | {_counts(each)} |")
            title = ""
    return "\n".join(head + rows)


def bands_markdown(scorecard: Scorecard) -> str:
    """The bands with their scores, the accounts of the fit and the share that defaulted."""
    head = ["| band | score | accounts | defaulted |", "|---|---|---:|---:|"]
    above: int | None = None
    rows = []
    for band in scorecard.bands:
        rows.append(f"| {band.band} | {_span(band, above)} | {_counts(band)} |")
        above = band.from_
    return "\n".join(head + rows)


def performance_lines(scorecard: Scorecard) -> list[str]:
    """What the scorecard was fitted on and its AUC and KS, a line each; raises `RiskError` where the file does not say."""
    fitted = scorecard.fitted
    if fitted is None:
        raise RiskError(
            "it does not say what it was fitted on",
            where=f"scorecard {scorecard.name} version {scorecard.version}: fitted",
            remedy="measure it with arrears.risk.measure.evaluate and write the block 'fitted'",
        )
    return [
        f"{scorecard.name} version {scorecard.version}, {scorecard.content_hash[:12]}, fitted {fitted.fitted_on}",
        f"on {fitted.data}; outcome: {fitted.outcome}; seed of the split: {fitted.seed}",
        f"training: {_performance(fitted.training)}",
        f"held out: {_performance(fitted.held_out)}",
    ]


def _performance(measured: Performance) -> str:
    share_bp = measured.defaults_n * 10_000 // measured.accounts_n
    return (
        f"{measured.accounts_n:,} accounts, {share_bp // 100}.{share_bp % 100:02d} % defaulted, "
        f"AUC 0.{measured.auc_ppm // 100:04d}, KS 0.{measured.ks_ppm // 100:04d}"
    )


def _span(band: Band, above: int | None) -> str:
    if band.from_ is None:
        return f"below {above}"
    return f"{band.from_} and more" if above is None else f"{band.from_} to {above - 1}"


def _counts(each: Bin | Missing | Band) -> str:
    """Accounts and share of defaults, as two cells."""
    if not each.accounts_n or each.defaults_n is None:
        return "0 |" if each.accounts_n == 0 else " |"
    share_bp = each.defaults_n * 10_000 // each.accounts_n
    return f"{each.accounts_n:,} | {share_bp // 100}.{share_bp % 100:02d} %"
