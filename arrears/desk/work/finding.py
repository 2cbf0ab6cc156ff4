"""Finding customers by the beginning of their id: those whom somebody may see; of others not even that there are any."""

from __future__ import annotations

from typing import Any

from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.models import User
from arrears.desk.people.rights import sees_every_case
from arrears.desk.people.roles import Role

# As `arrears.desk.people.rights` has it, so that nobody's own lie behind many that are not theirs.
_FOUND = """SELECT customer_id FROM customer AS c WHERE customer_id LIKE %(begins)s AND customer_id > %(after)s
AND (%(every)s
    OR %(agency)s <> '' AND EXISTS (SELECT 1 FROM placement AS p WHERE p.customer_id = c.customer_id AND p.agency = %(agency)s
        AND p.recalled_at IS NULL AND (p.until_date IS NULL OR p.until_date >= %(today)s))
    OR %(visits)s AND EXISTS (SELECT 1 FROM intent AS i WHERE i.customer_id = c.customer_id AND i.channel = 'visit'
        AND i.state IN ('due', 'made')))
ORDER BY customer_id LIMIT %(limit)s"""


def beginning_with(
    connection: Connection, user: User, begins: str, limit: int, after: str = ""
) -> tuple[list[str], str | None]:  # fmt: skip
    """Ids that begin so and come after another, in their order, and after which one more follow; None: there are no more."""
    values: dict[str, Any] = {
        "begins": begins.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%", "after": after,
        "every": sees_every_case(user), "agency": user.agency if Role.agency in user.roles else "",
        "visits": Role.field_agent in user.roles, "today": desk().now().date(), "limit": limit + 1,
    }  # fmt: skip
    rows = [str(row[0]) for row in connection.execute(_FOUND, values).fetchall()]
    return [one for one in rows[:limit] if user.has_perm("case.see", one)], rows[limit - 1] if len(rows) > limit else None
