"""The Django application of the ledger's tables."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "arrears.desk.ledger"
    label = "ledger"
