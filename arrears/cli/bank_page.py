"""`docs/bank.md` from the model itself. Renew it with `python -m arrears.cli.bank_page docs/bank.md`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from arrears.bank import Bank

INTRODUCTION = """# bank.toml

Who the bank is, its products and its limits; one file in each workspace, checked as a whole before anything runs. Unknown keys,
wrong types and contradictions are refused in one line with file and key. Every day's manifest holds the file's hash, and the
workspace keeps a copy of each version that a day was run with. `arrears run` takes the file from beside the feed into a new
workspace; `arrears sample` and `arrears import uci` write one.

This page is made from the model (`arrears/bank.py`); a test holds the two together. Amounts are whole minor units (cents, fen),
rates parts per million, shares basis points.

```toml
name = "Lotus Bank"
name_zh = "莲花银行"
country = "CN"
timezone = "Asia/Shanghai"
currency = "CNY"
jurisdictions = ["CN"]
phone = "95000"

[fx_ppm]
USD = 7_100_000

[[products]]
product_id = "classic"
currency = "CNY"
grace_days = 3
tolerance_minor = 1_000

[effort]
caution_bp = 5_000

[[effort.capacities]]
name = "agents_zh"
of = "seconds"
amount = 180_000
channels = ["call"]
languages = ["zh"]
```

"""

CLOSING = """
## What reads them today
The business day reads all but `languages` (a customer's own language comes with the feed). Minimum payments, interest and
charges come with the bank's statements and transactions; the step `supervise` recomputes them by the product's terms
([supervision.md](supervision.md)). `arrears card` takes its terms with each case.

`shards` cannot be changed once a workspace has a book: a new cut needs a new workspace.
"""


PLAIN = {"object": "table of whole numbers", "boolean": "true or false"}


def page() -> str:
    """The whole page."""
    schema = Bank.model_json_schema()
    product = schema["$defs"]["Product"]
    effort, capacity = schema["$defs"]["Effort"], schema["$defs"]["Capacity"]
    return (
        f"{INTRODUCTION}## The bank\n{_table(schema)}\n## `[[products]]`: one card product each\n{_table(product)}\n"
        f"## `[effort]`: what a day's contacts share\n{_table(effort)}\n"
        f"## `[[effort.capacities]]`: one of it each\n{_table(capacity)}{CLOSING}"
    )


def _table(model: dict[str, Any]) -> str:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    required = model.get("required", [])
    for name, field in model["properties"].items():
        default = "required" if name in required else f"`{_toml(field['default'])}`" if "default" in field else "none"
        rows.append(f"| `{name}` | {_type(field)} | {default} | {field.get('description', '')} |")
    return "\n".join(rows) + "\n"


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field or "enum" in field:
        named = [_type(one) for one in field.get("anyOf", ()) if one.get("type") != "null"]
        return " or ".join(named or [f"`{value}`" for value in field["enum"]])
    if "$ref" in field:
        return "table"
    if field.get("type") == "integer":
        limits = [f"{field[key]:,}" for key in ("minimum", "maximum") if key in field]
        return f"whole number, {' to '.join(limits)}" if limits else "whole number"
    if field.get("type") == "array":
        inner = field["items"]
        return "tables" if "$ref" in inner else f"list of {_type(inner)}"
    if field.get("type") in PLAIN:
        return PLAIN[field["type"]]
    return f"text like `{field['pattern']}`" if "pattern" in field else "text"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(inner) for inner in value)}]"
    return f"{value:_}" if isinstance(value, int) else "{}" if value == {} else "none" if value is None else str(value)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
