"""The room as Django knows it."""

from django.apps import AppConfig


class Pages(AppConfig):
    name = "arrears.desk.screens.supervisor"
    label = "supervisor_pages"
