"""The playbook: what to do with whom, as data that a person approves.

A YAML file and its texts come in; each customer's segment and one row for every possible contact of the day go out, with the
clause it carries out and its reason. It never asks the law, never chooses between candidates, and never contacts anybody.
"""

from arrears.playbook.candidates import candidates
from arrears.playbook.checking import check, contents_path, load
from arrears.playbook.contents import Contents, default_contents, load_contents
from arrears.playbook.decisions import decision_input, decision_table
from arrears.playbook.explaining import SegmentMatch, explain_segment
from arrears.playbook.model import Playbook, default_path
from arrears.playbook.rendering import placeholders, rendered, rendered_subject
from arrears.playbook.segmenting import segmented
from arrears.playbook.showing import clause_table, diff, shown

__all__ = [
    "Contents", "Playbook", "SegmentMatch", "candidates", "check", "clause_table", "contents_path", "decision_input",
    "decision_table", "default_contents", "default_path", "diff", "explain_segment", "load", "load_contents", "placeholders",
    "rendered", "rendered_subject", "segmented", "shown",
]  # fmt: skip
