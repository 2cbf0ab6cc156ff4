"""The room as Django knows it."""

from django.apps import AppConfig


class Api(AppConfig):
    name = "arrears.desk.api"
    label = "api"
