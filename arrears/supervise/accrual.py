"""What the product asks for at a closing: interest on the days' balances, late charge, minimum payment.

A *day line* is the account at the end of one day on which something happened, and holds until the next one. Of the balance, the
part that is cash bears interest from its first day and takes every credit first; the part that is charges (fees, late charges,
and interest where the product says so) never bears any, and takes payments and reversed charges first. Both parts move like a
purse that cannot be overdrawn, so each day's is found from running sums, without walking through the days one by one.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from arrears.book.tables import days_between
from arrears.card.delinquency import carried
from arrears.card.late import late_charge_beyond_tolerance
from arrears.card.minimum import newly_asked, unpaid_after
from arrears.feed.contracts import PAYMENT_KINDS
from arrears.money import choose, largest, share_ppm, smallest

_ZERO = ibis.literal(0, "int64")
CREDITS = ("payment", "refund", "charge_reversal")
CHARGE_KINDS, PAYS_CHARGES = ("fee", "late_charge"), ("payment", "charge_reversal")


def day_lines(anchors: ir.Table, statements: ir.Table, closing: ir.Table, moved: ir.Table) -> ir.Table:
    """One row per account and day from the anchor to today, with what the day changed.

    `turns` is 1 where a statement closed (or the account was opened) that day; the statement's amounts are null elsewhere.
    """
    starts = anchors.select(of="account_id", anchor_date="anchor_date", is_opening="is_opening")
    known = statements.inner_join(starts, statements.account_id == starts.of)
    known = known.filter(known.statement_date >= known.anchor_date)
    none = {name: ibis.null("int64") for name in ("billed_minor", "minimum_minor", "past_due_minor")}
    zero = {"change": _ZERO, "cash": _ZERO, "charges": _ZERO, "in_full": _ZERO, "cost": _ZERO}
    one = ibis.literal(1, "int64")
    issued = known.select(
        "account_id", day="statement_date", turns=one, due_date="due_date", billed_minor="balance_minor",
        minimum_minor="minimum_minor", past_due_minor="past_due_minor", **zero,
    )  # fmt: skip
    today = closing.semi_join(anchors, "account_id").select(
        "account_id", day="close_date", turns=one, due_date=ibis.null("date"), billed_minor="balance_minor",
        minimum_minor=_ZERO, past_due_minor=_ZERO, **zero,
    )  # fmt: skip
    opened = anchors.filter(anchors.is_opening).select(
        "account_id", day="anchor_date", turns=one, due_date=ibis.null("date"), billed_minor=_ZERO, minimum_minor=_ZERO,
        past_due_minor=_ZERO, **zero,
    )  # fmt: skip
    later = moved.inner_join(starts, moved.account_id == starts.of)
    later = later.filter(later.posted_date > later.anchor_date)
    interest_apart = (later.kind == "interest") & (later.interest_bears == 0)
    events = later.select(
        "account_id", day="posted_date", turns=_ZERO, due_date=ibis.null("date"), **none, change="change",
        cash=choose((later.kind == "cash") | later.kind.isin(CREDITS), later.change, _ZERO),
        charges=choose(later.kind.isin(CHARGE_KINDS + PAYS_CHARGES) | interest_apart, later.change, _ZERO),
        cost=choose(later.kind.isin((*CHARGE_KINDS, "interest")), later.amount_minor, _ZERO),
        in_full=choose(later.kind.isin((*CHARGE_KINDS, "interest", "instalment")), later.amount_minor, _ZERO),
    )  # fmt: skip
    rows = issued.union(today.select(*issued.columns)).union(opened.select(*issued.columns))
    rows = rows.union(events.select(*issued.columns))
    sums = {name: rows[name].sum().cast("int64") for name in zero}
    most = {name: rows[name].max() for name in ("turns", "due_date", "billed_minor", "minimum_minor", "past_due_minor")}
    return rows.group_by("account_id", "day").agg(**most, **sums)


def with_parts(lines: ir.Table, anchors: ir.Table) -> ir.Table:
    """Day lines with `cycle`, the `balance` at the day's end, its `cash` and `charges` between bounds, and `days` it held."""
    bounds = anchors.select(of="account_id", **{
        name: anchors[name] for name in ("anchor_date", "is_opening", "cash_low", "cash_high", "charges_low", "charges_high")
    })  # fmt: skip
    table = lines.inner_join(bounds, lines.account_id == bounds.of)
    so_far = ibis.cumulative_window(group_by=table.account_id, order_by=table.day)
    table = table.mutate(
        cycle=table.turns.sum().over(so_far).cast("int64"), cash_run=table.cash.sum().over(so_far).cast("int64"),
        charges_run=table.charges.sum().over(so_far).cast("int64"),
        step=choose(table.turns == 1, table.billed_minor, table.change),
    )  # fmt: skip
    so_far = ibis.cumulative_window(group_by=table.account_id, order_by=table.day)
    in_cycle = ibis.cumulative_window(group_by=[table.account_id, table.cycle], order_by=table.day)
    next_day = table.day.lead().over(ibis.window(group_by=table.account_id, order_by=table.day))
    table = table.mutate(
        balance=table.step.sum().over(in_cycle).cast("int64"), cash_least=table.cash_run.min().over(so_far),
        charges_least=table.charges_run.min().over(so_far),
        # an account that opens begins on the eve, which is none of its days
        days=days_between(next_day.coalesce(table.day), table.day)
        - (table.is_opening & (table.day == table.anchor_date)).cast("int64"),
    )  # fmt: skip
    purses = {
        f"{part}_{end}_now": largest(
            table[f"{part}_{end}"] + table[f"{part}_run"], table[f"{part}_run"] - table[f"{part}_least"]
        )
        for part in ("cash", "charges")
        for end in ("low", "high")
    }
    return table.mutate(**purses)


def cycles(parts: ir.Table) -> ir.Table:
    """One row per account and cycle: its statement, the sums over its days, and the parts of the balance where it begins."""
    bearing = largest(largest(parts.balance, _ZERO) - parts.charges_low_now, _ZERO)
    table = parts.mutate(
        bearing_days=bearing * parts.days, charge_days=(largest(parts.balance, _ZERO) - bearing) * parts.days,
        cash_days=smallest(parts.cash_low_now, bearing) * parts.days,
        charges_open=(parts.charges_low_now != parts.charges_high_now).cast("int64"),
        cash_open=(parts.cash_low_now != parts.cash_high_now).cast("int64"),
    )  # fmt: skip
    turn = table.turns == 1
    first = {name: table[name].max(where=turn) for name in ("due_date", "billed_minor", "minimum_minor", "past_due_minor")}
    purse = [f"{part}_{end}_now" for part in ("cash", "charges") for end in ("low", "high")]
    grouped = table.group_by("account_id", "cycle").agg(
        start=table.day.min(), days=table.days.sum().cast("int64"), **first,
        **{name: table[name].max(where=turn) for name in purse},
        **{name: table[name].sum().cast("int64") for name in ("bearing_days", "charge_days", "cash_days")},
        charges_open=table.charges_open.max(), cash_open=table.cash_open.max(),
        **{f"{name}_at": choose(turn, table[name], _ZERO).sum().cast("int64") for name in ("in_full", "cost")},
        **{f"{name}_after": choose(turn, _ZERO, table[name]).sum().cast("int64") for name in ("in_full", "cost")},
    )  # fmt: skip
    order = ibis.window(group_by=grouped.account_id, order_by=grouped.cycle)
    at_end = {f"{name}_end": grouped[f"{name}_at"].lead().over(order).coalesce(0) for name in ("in_full", "cost")}
    return grouped.mutate(end=grouped.start.lead().over(order), **at_end)


def credited(cycle: ir.Table, moved: ir.Table, anchors: ir.Table) -> ir.Table:
    """Per account and cycle what was credited in it (minor units): `on_time`, `credited` in all, `paid`, `paid_before` it.

    Payments count by their value date, bounced ones off; refunds count for the interest-free time, up to the due date.
    """
    counted = moved.filter(moved.kind.isin((*PAYMENT_KINDS, "refund")))
    spans = cycle.select(of="account_id", of_cycle="cycle", start="start", end="end", due_date="due_date")
    graces = anchors.select(product_of="account_id", grace_days="grace_days")
    joined = counted.inner_join(
        spans, [counted.account_id == spans.of, counted.posted_date > spans.start, counted.posted_date <= spans.end]
    )
    joined = joined.inner_join(graces, joined.account_id == graces.product_of)
    amount = -joined.change
    refund = joined.kind == "refund"
    current = (joined.value_date > joined.start) | refund
    paid_in_time = (days_between(joined.value_date, joined.due_date) <= joined.grace_days).fill_null(True)
    refunded_in_time = (joined.posted_date <= joined.due_date).fill_null(False)
    in_time = ibis.ifelse(refund, refunded_in_time, paid_in_time)
    return joined.group_by(credit_of="account_id", credit_cycle="of_cycle").agg(
        on_time=choose(current & in_time, amount, _ZERO).sum().cast("int64"),
        credited=choose(current, amount, _ZERO).sum().cast("int64"),
        paid=choose(current & ~refund, amount, _ZERO).sum().cast("int64"),
        paid_before=choose(current, _ZERO, amount).sum().cast("int64"),
    )


def recomputed(closing: ir.Table, anchors: ir.Table, cycle: ir.Table, credit: ir.Table) -> ir.Table:
    """Per closing account the cycle that ends today: `days`, `amount_days`, `missing_minor`, and what follows for each charge.

    `interest_minor`, `late_charge_minor` and `minimum_minor` are what the product's terms give; `no_interest`, `no_late` and
    `no_minimum` say why one cannot be told, or are empty. The columns of `STANDINGS` are beside them.
    """
    terms = anchors.select(of="account_id", tolerance="tolerance_minor", **{
        name: anchors[name] for name in (
            "full_before", "free_days_before", "charge_days_before", "is_free_before_known", "unpaid_before",
        )
    })  # fmt: skip
    table = cycle.left_join(credit, [cycle.account_id == credit.credit_of, cycle.cycle == credit.credit_cycle])
    table = table.inner_join(terms, table.account_id == terms.of)
    table = table.mutate(**{name: table[name].coalesce(0) for name in ("on_time", "credited", "paid", "paid_before")})
    table = table.mutate(
        full=table.on_time >= table.billed_minor - table.tolerance,
        free_days=table.bearing_days - table.cash_days,
        is_free_known=(table.charges_open == 0) & (table.cash_open == 0),
    )
    table = _with_carried(table)
    order = ibis.window(group_by=table.account_id, order_by=table.cycle)
    first = table.cycle == 1
    table = table.mutate(
        before_full=ibis.ifelse(first, table.full_before, table.full.lag().over(order)),
        before_days=ibis.ifelse(first, table.free_days_before, table.free_days.lag().over(order)),
        before_charge_days=ibis.ifelse(first, table.charge_days_before, table.charge_days.lag().over(order)),
        before_known=ibis.ifelse(first, table.is_free_before_known, table.is_free_known.lag().over(order)),
        before_length=ibis.ifelse(first, _ZERO, table.days.lag().over(order)),
        **{f"{name}_end": table[name].lead().over(order) for name in (
            "cash_low_now", "cash_high_now", "charges_low_now", "charges_high_now",
        )},
    )  # fmt: skip
    return _priced(closing, table.filter(table.end.notnull()))


def _with_carried(table: ir.Table) -> ir.Table:
    """Adds `carried_before`: what of earlier minimum payments was unpaid when each cycle began; null where it is not known.

    All of the past-due part where the statement has one; else what was left within the tolerance, or below zero what was paid
    too much. Only a payment that bounces after the closing makes that matter, so not all cycles are walked through: where
    payments of three bounced one after the other it is not known.
    """
    order = ibis.window(group_by=table.account_id, order_by=table.cycle)
    first = table.cycle == 1
    nearly = table.mutate(
        nearly=table.minimum_minor - table.paid_before - table.paid,
        is_exact=(table.paid_before == 0) | (table.past_due_minor - table.paid_before > table.tolerance),
    )
    began = _began_with(nearly, ibis.ifelse(first, nearly.unpaid_before, nearly.nearly.lag().over(order)))
    looks_back = (nearly.past_due_minor == 0) & (nearly.paid_before < 0) & ~first & ~nearly.is_exact.lag().over(order)
    carried_over = carried(largest(began.coalesce(0) - nearly.paid_before, _ZERO), nearly.tolerance)
    left = nearly.minimum_minor - nearly.past_due_minor + carried_over - nearly.paid
    table = nearly.mutate(left=ibis.ifelse(looks_back, ibis.null("int64"), left))
    began = _began_with(table, ibis.ifelse(first, table.unpaid_before, table.left.lag().over(order)))
    return table.mutate(carried_before=began).drop("nearly", "is_exact", "left")


def _began_with(table: ir.Table, left: ir.IntegerValue) -> ir.IntegerValue:
    """The past-due part, or `left` of the cycle before; what was above the tolerance then was cut off and is not owed."""
    return ibis.cases((table.past_due_minor > 0, table.past_due_minor), (left > table.tolerance, _ZERO), else_=left)


def _priced(closing: ir.Table, ended: ir.Table) -> ir.Table:
    """Closings with the cycle that ends today, and what the terms make of it."""
    cycle = ended.rename(cycle_of="account_id", asked_then="minimum_minor", past_due_then="past_due_minor")
    cycle = cycle.drop("tolerance", "of", "credit_of", "credit_cycle")
    joined = closing.left_join(cycle, [closing.account_id == cycle.cycle_of, closing.close_date == cycle.end])
    known = joined.cycle_of.notnull()
    full = joined.full.fill_null(False)
    with_before = ~full & joined.before_full.fill_null(False)
    amount_days = choose(full, joined.cash_days, joined.bearing_days + choose(with_before, joined.before_days, _ZERO))
    told = known & ibis.ifelse(
        full, joined.is_free_known.fill_null(False),
        (joined.charges_open == 0).fill_null(False) & joined.before_full.notnull()
        & (~joined.before_full.fill_null(False) | joined.before_known.fill_null(False)),
    )  # fmt: skip
    # only a payment that bounced after the closing makes the little that was left before it matter
    owing = known & (joined.carried_before.notnull() | (joined.paid_before.coalesce(0) >= 0))
    table = joined.mutate(
        days=joined.days.coalesce(0) + choose(with_before, joined.before_length.coalesce(0), _ZERO),
        amount_days=choose(known, amount_days, _ZERO).coalesce(0),
        earlier_days=choose(known & with_before, joined.before_days, _ZERO).coalesce(0),
        fee_days=choose(
            known & ~full, joined.charge_days + choose(with_before, joined.before_charge_days, _ZERO), _ZERO
        ).coalesce(0),
        cost_minor=joined.cost_after.coalesce(0) + joined.cost_end.coalesce(0),
        no_interest=ibis.cases(
            (joined.is_free, ""), (joined.is_residual == 1, "residual_method"), (told, ""), else_="history_too_short"
        ),
        no_late=ibis.ifelse(owing | joined.is_free, "", "history_too_short"),
        no_minimum=ibis.ifelse(owing, "", "history_too_short"),
    )
    table = table.mutate(interest_minor=choose(table.is_free, _ZERO, share_ppm(table.amount_days, table.daily_rate_ppm)))
    return _with_minimum(_with_unpaid(table))


def _with_unpaid(table: ir.Table) -> ir.Table:
    """Adds `unpaid_minor` of the minimum payment at the closing, `missing_minor` when it was due, and `late_charge_minor`."""
    past_due = table.past_due_then.coalesce(0)
    asked = table.asked_then.coalesce(0)
    before = table.carried_before.coalesce(0) - table.paid_before.coalesce(0)
    carried_over = carried(largest(before, _ZERO), table.tolerance_minor)
    unpaid = unpaid_after(asked - past_due + carried_over, table.paid.coalesce(0))
    table = table.mutate(
        unpaid_minor=carried(largest(unpaid, _ZERO), table.tolerance_minor),
        unpaid_end_minor=asked - past_due + carried_over - table.paid.coalesce(0),
    )
    on_time, credit = table.on_time.coalesce(0), table.credited.coalesce(0)
    missing = smallest(unpaid_after(asked, largest(on_time, _ZERO)), table.unpaid_minor + largest(credit - on_time, _ZERO))
    table = table.mutate(missing_minor=largest(missing, _ZERO))
    charge = late_charge_beyond_tolerance(
        table.missing_minor, table.tolerance_minor, table.late_charge_bp, table.late_charge_floor_minor,
        table.late_charge_cap_minor,
    )  # fmt: skip
    return table.mutate(late_charge_minor=choose(table.is_free, _ZERO, charge))


def _with_minimum(table: ir.Table) -> ir.Table:
    """Adds `minimum_minor`, from the charges as they were posted: what was charged wrongly is found by itself."""
    owed = largest(table.balance_minor, _ZERO)
    past_due = smallest(table.unpaid_minor, owed)
    in_full = table.in_full_after.coalesce(0) + table.in_full_end.coalesce(0)
    asked = newly_asked(owed, past_due, in_full, table.minimum_share_bp, table.minimum_floor_minor)
    return table.mutate(minimum_minor=asked + past_due, in_full_minor=in_full)
