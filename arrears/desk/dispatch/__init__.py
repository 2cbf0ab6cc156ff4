"""Dispatch: claims what is due, asks the gate in one transaction with the customer's row locked, writes, then sends."""
