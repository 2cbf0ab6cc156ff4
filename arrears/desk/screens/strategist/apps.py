"""The room as Django knows it."""

from django.apps import AppConfig


class Pages(AppConfig):
    name = "arrears.desk.screens.strategist"
    label = "strategist_pages"
