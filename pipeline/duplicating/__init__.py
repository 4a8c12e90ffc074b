"""Duplicating: bit-exact originals, and one labelled PDF of everything that can be paged."""

from pipeline.duplicating.duplicate import PdfMade, make_pdf

__all__ = ["PdfMade", "make_pdf"]
