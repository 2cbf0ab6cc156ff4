"""Customers: one row each, by the worst of their accounts, with where they can be reached and what holds contact back."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank, Product
from arrears.book.columns import CUSTOMER_COLUMNS
from arrears.book.cycles import WORKED_CHANNELS
from arrears.book.tables import product_column
from arrears.book.zones import all_of, prefix_of
from arrears.feed.contracts import OPENING_FLAGS
from arrears.money import (
    BASIS_POINTS,
    PPM,
    SHARED_MAX_MINOR,
    choose,
    divide_down,
    divide_half_up,
    largest,
    minor_digits,
    smallest,
)

_ZERO = ibis.literal(0, "int64")
REACH = ("mobile_id", "email_id", "address_id", "landline_id", "relative_id", "point_zones")
MONEY = ("credit_limit_minor", "balance_minor", "past_due_minor", "minimum_unpaid_minor")
"""What a customer's accounts are summed over, in the bank's currency."""
EVIDENCED = ":evidenced"
"""Ends the second word of a flag that opens what the law closes and names its evidence: only then does it open it."""
_HEX = "0123456789abcdef"
_NEVER = ibis.literal(date(1900, 1, 1), "date")
"""Stands for no date where an engine must not skip it."""


def customer_hash(customer_id: ir.StringValue) -> ir.IntegerValue:
    """31 bits of the MD5 of an id, the same number on every engine; the first eight hex digits less the top bit."""
    digest = customer_id.hexdigest("md5").lower()
    digits = [ibis.literal(_HEX).find(digest.substr(place, 1)).cast("int64") for place in range(8)]
    total = digits[0] % 8
    for digit in digits[1:]:
        total = total * 16 + digit
    return total


def changed_rows(before: ir.Table, delivered: ir.Table, key: tuple[str, ...]) -> ir.Table:
    """A carried table after the feed: what was delivered replaces what had the same key."""
    same = [before[name] == delivered[name] for name in key]
    return before.anti_join(delivered, same).union(delivered)


def known_customers(before: ir.Table, delivered: ir.Table, bank: Bank) -> ir.Table:
    """Every customer with what the feed tells of them, yesterday's reach columns and `last_worked_date`.

    `delivered` has, beside the feed's columns and those of `zones.placed`, `seen_before`: the customers that
    the shard had yesterday.
    """
    told = delivered.select(
        news_id="customer_id", news_language="language", news_country="country", news_region=delivered.region.coalesce(""),
        news_timezone="timezone", news_address_zones="address_zones", news_since="since_date",
    )  # fmt: skip
    joined = before.left_join(told, before.customer_id == told.news_id)
    kept = joined.select(
        "seq", "customer_id", "customer_hash",
        language=joined.news_language.coalesce(joined.language), country=joined.news_country.coalesce(joined.country),
        region=joined.news_region.coalesce(joined.region), timezone=joined.news_timezone.coalesce(joined.timezone),
        since_date=joined.news_since.coalesce(joined.since_date), **{name: joined[name] for name in REACH[:-1]},
        address_zones=joined.news_address_zones.coalesce(joined.address_zones), zones=joined.zones,
        last_worked_date=joined.last_worked_date,
    )  # fmt: skip
    new = delivered.anti_join(before, delivered.customer_id == before.customer_id)
    empty = ibis.literal("")
    first_seen = new.select(
        "customer_id", language="language", country="country",
        seq=new.seen_before + ibis.row_number().over(order_by=new.customer_id).cast("int64"),
        customer_hash=customer_hash(new.customer_id),
        region=new.region.coalesce(""), timezone="timezone", address_zones="address_zones", since_date="since_date",
        **dict.fromkeys(REACH[:-1], empty), zones=ibis.literal(bank.timezone),
        last_worked_date=ibis.null("date"),
    )  # fmt: skip
    return kept.union(first_seen.select(*kept.columns))


def reach(contact_points: ir.Table, changed: ir.Table, prefix_zones: ir.Table) -> ir.Table:
    """Per customer in `changed`: the first active contact point of each kind, and their time zones (`point_zones`).

    A number for which the feed states no zone has those of its prefix.
    """
    touched = changed.select("customer_id").distinct()
    points = contact_points.semi_join(touched, "customer_id")
    points = points.filter(points.status == "active").mutate(told_by=prefix_of)
    points = points.left_join(prefix_zones, points.told_by == prefix_zones.prefix)
    rank = (points["rank"] + 100).cast("string") + ":" + points.contact_id
    debtor = points.party == "debtor"
    points = points.mutate(
        ranked=rank,
        kind_at=ibis.cases(
            (debtor, points.kind),
            (points.party.isin(("relative", "contact_person")) & (points.kind == "mobile"), "relative"),
            else_="",
        ),
        zone_at=ibis.ifelse(debtor, points.timezone.nullif("").coalesce(points.prefix_zones.coalesce("")), ""),
    )

    def first(kind: str) -> ir.StringValue:
        return points.ranked.min(where=points.kind_at == kind).substr(4).coalesce("")

    found = points.group_by(reach_customer=points.customer_id).agg(
        mobile_id=first("mobile"), email_id=first("email"), address_id=first("address"), landline_id=first("landline"),
        relative_id=first("relative"),
        point_zones=all_of(points.zone_at.collect(where=points.zone_at != "", distinct=True).join(",")).coalesce(""),
    )  # fmt: skip
    listed = touched.select(touched_customer="customer_id")
    joined = listed.left_join(found, listed.touched_customer == found.reach_customer)
    return joined.select("touched_customer", **{f"now_{name}": joined[name].coalesce("") for name in REACH})


def with_reach(customers: ir.Table, reached: ir.Table, bank: Bank) -> ir.Table:
    """Customers with the contact points of `reached` where it has them; `zones` are all plausible ones."""
    joined = customers.left_join(reached, customers.customer_id == reached.touched_customer)
    told = joined.touched_customer.notnull()
    home = ibis.ifelse(joined.timezone == "", ibis.literal(bank.timezone), joined.timezone)
    stated = ibis.ifelse(joined.address_zones == "", home, joined.address_zones)
    wrapped = "," + joined.now_point_zones + ","
    zones = ibis.cases(
        (joined.now_point_zones == "", stated),
        (wrapped.contains("," + stated + ","), joined.now_point_zones),
        else_=all_of(joined.now_point_zones, stated),
    )
    return joined.mutate(
        **{name: ibis.ifelse(told, joined[f"now_{name}"], joined[name]) for name in REACH[:-1]},
        zones=ibis.ifelse(told, zones, joined.zones), timezone=home,
    ).drop("touched_customer", *(f"now_{name}" for name in REACH))  # fmt: skip


def flags_in_force(flags: ir.Table) -> ir.Table:
    """Per customer with any: `flags_now`, the active ones as `,a,b,`; beside one that opens and is shown, its second word."""
    day = flags.as_of
    now = flags.filter(flags.active & (flags.from_date <= day) & (flags.until_date.isnull() | (flags.until_date >= day)))
    shown = now.flag.isin(OPENING_FLAGS) & (now.evidence.coalesce("") != "")
    now = now.mutate(told=ibis.ifelse(shown, now.flag + "," + now.flag + EVIDENCED, now.flag))
    return now.group_by(flag_customer=now.customer_id).agg(flags_now=_listed(now.told))


def consents_in_force(consents: ir.Table) -> ir.Table:
    """Per customer with any: `consents_now` as `,channel:purpose@date,` and `refusals_now` as `,channel:purpose,`."""
    day = consents.as_of
    now = consents.filter((consents.at_date <= day) & (consents.until_date.isnull() | (consents.until_date >= day)))
    now = now.mutate(term=now.channel + ":" + now.purpose)
    return now.group_by(consent_customer=now.customer_id).agg(
        consents_now=_listed(now.term + "@" + now.at_date.cast("string"), now.given),
        refusals_now=_listed(now.term, ~now.given),
    )


def _listed(terms: ir.StringColumn, where: ir.BooleanColumn | None = None) -> ir.StringScalar:
    joined = terms.collect(where=where, distinct=True).sort().join(",").coalesce("")
    return ibis.ifelse(joined == "", "", "," + joined + ",")


def standing(accounts: ir.Table, bank: Bank) -> ir.Table:
    """Per customer with an account: everything the accounts say of them, sums in the bank's currency.

    Few customers are behind, and only for them the accounts are ranked; of the others the smallest id stands for all. A debt
    that was sold is another's to collect and does not count.
    """
    table = in_home_currency(accounts.filter(accounts.status != "sold"), bank)
    summed = totals(table)
    behind, due = worst_behind(table), nearest_due(table)
    joined = summed.left_join(behind, summed.standing_customer == behind.behind_customer)
    joined = joined.left_join(due, joined.standing_customer == due.due_customer)
    is_behind = joined.behind_customer.notnull()
    oldest = joined.first_oldest_due_date.nullif(_NEVER)
    most = ibis.literal(SHARED_MAX_MINOR, "int64")
    owed = smallest(largest(joined.balance_minor, _ZERO), most)
    top = ibis.literal(2 * BASIS_POINTS, "int64")
    limit = smallest(largest(joined.credit_limit_minor, ibis.literal(1, "int64")), most)
    used = choose(joined.credit_limit_minor > 0, divide_down(owed * BASIS_POINTS, limit), choose(owed > 0, top, _ZERO))
    return joined.mutate(
        account_id=ibis.ifelse(is_behind, joined.behind_account_id, joined.first_account_id),
        product_id=ibis.ifelse(is_behind, joined.behind_product_id, joined.first_product_id),
        bucket_entry_date=ibis.ifelse(is_behind, joined.behind_bucket_entry_date, joined.first_bucket_entry_date),
        oldest_due_date=ibis.ifelse(is_behind, joined.behind_oldest_due_date, oldest),
        cycles_past_due=joined.behind_cycles_past_due.coalesce(_ZERO),
        next_due_minor=joined.next_due_minor.coalesce(_ZERO),
        utilisation_bp=smallest(used, top),
    )


def in_home_currency(accounts: ir.Table, bank: Bank) -> ir.Table:
    """Accounts with their amounts in the bank's currency, and `coming_due`, `coming_minor`: what is to be paid by when."""
    rate = product_column(accounts.product_id, bank, lambda product: minor_fx_ppm(product, bank))
    same = all(product.currency == bank.currency for product in bank.products)

    def home(amount_minor: ir.IntegerValue) -> ir.IntegerValue:
        # in two parts, so that a large amount times a rate stays inside int64
        whole = divide_down(amount_minor, PPM)
        return amount_minor if same else whole * rate + divide_down((amount_minor - whole * PPM) * rate, PPM)

    to_pay = (accounts.minimum_unpaid_minor > 0) & accounts.due_0.notnull() & (accounts.due_0 >= accounts.as_of)
    return accounts.mutate(
        coming_due=ibis.ifelse(to_pay, accounts.due_0, ibis.null("date")),
        coming_minor=home(smallest(accounts.minimum_unpaid_minor, accounts.due_new_0)),
        **{name: home(accounts[name]) for name in MONEY},
    )


def minor_fx_ppm(product: Product, bank: Bank) -> int:
    """Minor units of the bank's currency for a minor unit of the product's, in parts per million, to the nearest."""
    rate_ppm = bank.fx_ppm.get(product.currency, PPM) if product.currency != bank.currency else PPM
    digits = minor_digits(bank.currency) - minor_digits(product.currency)
    return int(divide_half_up(rate_ppm * 10 ** max(digits, 0), 10 ** max(-digits, 0)))


def totals(accounts: ir.Table) -> ir.Table:
    """Per customer: counts, sums and extremes over the accounts, and the columns of the smallest account id as `first_...`."""
    tops = (
        "dpd", "bucket", "times_overdue_12", "times_overdue_total", "self_cured_12", "late_in_6", "months_on_book",
    )  # fmt: skip
    return accounts.group_by(standing_customer=accounts.customer_id).agg(
        accounts_n=accounts.count().cast("int64"),
        accounts_past_due_n=choose(accounts.dpd > 0, ibis.literal(1, "int64"), _ZERO).sum().cast("int64"),
        **{name: accounts[name].max() for name in tops},
        first_payment_default=accounts.first_payment_default.any(),
        ever_overdue=accounts.ever_overdue.any(),
        paid_ratio_bp=accounts.paid_ratio_bp.min(where=accounts.statements_n > 0).coalesce(BASIS_POINTS).cast("int64"),
        **{name: accounts[name].sum().cast("int64").coalesce(_ZERO) for name in MONEY},
        first_account_id=accounts.account_id.min(),
        first_product_id=accounts.product_id.argmin(accounts.account_id),
        first_bucket_entry_date=accounts.bucket_entry_date.argmin(accounts.account_id),
        # engines differ in whether a null is a value here, so there is none
        first_oldest_due_date=accounts.oldest_due_date.coalesce(_NEVER).argmin(accounts.account_id),
    )


def worst_behind(accounts: ir.Table) -> ir.Table:
    """Per customer with an account past due: the worst one's columns as `behind_...`."""
    behind = accounts.filter(accounts.dpd > 0)
    order = [behind.dpd.desc(), behind.past_due_minor.desc(), behind.account_id]
    ranked = behind.mutate(place=ibis.row_number().over(group_by=behind.customer_id, order_by=order).cast("int64"))
    worst = ranked.filter(ranked.place == 0)
    names = ("account_id", "product_id", "bucket_entry_date", "oldest_due_date", "cycles_past_due")
    return worst.select(behind_customer="customer_id", **{f"behind_{name}": worst[name] for name in names})


def nearest_due(accounts: ir.Table) -> ir.Table:
    """Per customer with something to pay: `next_due_date` and what is unpaid for that date, `next_due_minor`."""
    coming = accounts.filter(accounts.coming_due.notnull())
    by_date = coming.group_by("customer_id", "coming_due").agg(asked_minor=coming.coming_minor.sum().cast("int64"))
    return by_date.group_by(due_customer=by_date.customer_id).agg(
        next_due_date=by_date.coming_due.min(), next_due_minor=by_date.asked_minor.argmin(by_date.coming_due)
    )


def last_worked(contacts: ir.Table) -> ir.Table:
    """Per customer called, written to or visited in today's feed: `worked_on`, the newest such day."""
    worked = contacts.filter((contacts.direction == "outbound") & contacts.channel.isin(WORKED_CHANNELS))
    return worked.group_by(worked_customer=worked.customer_id).agg(worked_on=worked.local_date.max())


def customers_as_of(
    known: ir.Table, reached: ir.Table, stands: ir.Table, flags: ir.Table, consents: ir.Table, worked: ir.Table, bank: Bank
) -> ir.Table:
    """The customers' table of the book, all of `CUSTOMER_COLUMNS`."""
    table = with_reach(known, reached, bank)
    table = table.left_join(stands, table.customer_id == stands.standing_customer)
    table = table.left_join(flags, table.customer_id == flags.flag_customer)
    table = table.left_join(consents, table.customer_id == consents.consent_customer)
    table = table.left_join(worked, table.customer_id == worked.worked_customer)
    zero = {"int64": _ZERO, "string": ibis.literal(""), "boolean": ibis.literal(False)}
    special = {
        "flags": table.flags_now.coalesce(""),
        "consents": table.consents_now.coalesce(""),
        "refusals": table.refusals_now.coalesce(""),
        "currency": ibis.literal(bank.currency),
        "last_worked_date": ibis.greatest(
            table.last_worked_date.coalesce(table.worked_on), table.worked_on.coalesce(table.last_worked_date)
        ),
        "bucket_entry_date": table.bucket_entry_date,
        "paid_ratio_bp": table.paid_ratio_bp.coalesce(BASIS_POINTS).cast("int64"),
    }
    columns = {}
    for column in CUSTOMER_COLUMNS:
        value = special.get(column.name)
        if value is None:
            value = table[column.name]
            value = value.coalesce(zero[column.type]) if column.type in zero else value
        columns[column.name] = value
    return table.select(**columns)
