"""The room as Django knows it."""

from django.apps import AppConfig


class Pages(AppConfig):
    name = "arrears.desk.screens.manager"
    label = "manager_pages"
