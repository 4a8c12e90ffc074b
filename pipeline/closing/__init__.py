"""Closing: the note in the chart, the request filed beside it, and what the front desk still has to do."""
