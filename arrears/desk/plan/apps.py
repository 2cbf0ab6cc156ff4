"""The Django application of the plan's tables."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "arrears.desk.plan"
    label = "plan"
