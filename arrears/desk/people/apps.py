"""The room as Django knows it."""

from django.apps import AppConfig


class People(AppConfig):
    name = "arrears.desk.people"
    label = "people"
