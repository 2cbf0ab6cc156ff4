"""The Django application of the cases' tables."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "arrears.desk.cases"
    label = "cases"
