"""The process measured (clause R6): where cases wait, which steps change nothing, where agents stand idle or drown.

The published days of a workspace up to a date come in; one frozen `Process` goes out: counts, days, and shares in parts per
million. It decides nothing, changes no table, tells nobody's name or number, and never calls a description an effect.
"""

from arrears.process.measuring import measurable, measure
from arrears.process.model import Process
from arrears.process.targets import Targets, load_targets

__all__ = ["Process", "Targets", "load_targets", "measurable", "measure"]
