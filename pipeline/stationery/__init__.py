"""Stationery: the paper, the type and the head that all pages share which we draw ourselves."""
