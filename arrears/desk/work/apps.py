"""The room as Django knows it."""

from django.apps import AppConfig


class Work(AppConfig):
    name = "arrears.desk.work"
    label = "work"
