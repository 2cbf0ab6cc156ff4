"""The room as Django knows it."""

from django.apps import AppConfig


class Screens(AppConfig):
    name = "arrears.desk.screens"
    label = "screens"
