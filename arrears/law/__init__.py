"""The law before every contact: packs of dated rules in, verdicts out.

`screen` judges a day's candidate contacts as columns, `gate` one contact at the moment it is made; both read the same packs
and refuse by the same rules. The room knows no account, no playbook and no clock: every fact comes in with the question, and it
never guesses one that is missing.
"""

from arrears.law.case import Case, case_schema
from arrears.law.examples import test_pack
from arrears.law.gating import Gate, gate, gate_of, parse_case, read_case
from arrears.law.listing import listing, show
from arrears.law.loading import load_pack, load_packs
from arrears.law.model import Pack, Rule
from arrears.law.rows import utc_offsets
from arrears.law.screening import cap_budgets, screen
from arrears.law.verdict import Verdict

__all__ = [
    "Case",
    "Gate",
    "Pack",
    "Rule",
    "Verdict",
    "cap_budgets",
    "case_schema",
    "gate",
    "gate_of",
    "listing",
    "load_pack",
    "load_packs",
    "parse_case",
    "read_case",
    "screen",
    "show",
    "test_pack",
    "utc_offsets",
]
