"""The language of the line: the messages that cross between workers and the facts they point to.

This package imports nothing else of ChartRelay, so that anybody can join the line with it (or with the JSON
Schemas in `schemas/catalogue/`) alone.
"""
