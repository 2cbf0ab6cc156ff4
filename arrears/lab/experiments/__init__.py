"""Experiments: what a treatment changed, for whom, and whether the comparison can be trusted.

Randomised tables, a workspace's days under a playbook with arms, or logged decisions with their propensities come in; effects
with standard errors, intervals that allow a look every day, warnings and stop rules go out. It never assigns an arm, never
drops a row without saying so, and never calls a difference found that its own tests do not carry.
"""

from arrears.lab.experiments.analysing import Analysis, analyse, analyse_file
from arrears.lab.experiments.logged import evaluate_file
from arrears.lab.experiments.offpolicy import PolicyValue, evaluate
from arrears.lab.experiments.reporting import Report, report

__all__ = ["Analysis", "PolicyValue", "Report", "analyse", "analyse_file", "evaluate", "evaluate_file", "report"]
