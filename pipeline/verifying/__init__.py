"""Verifying: every page of the copy against its original, by other libraries than the ones that made it."""

from pipeline.verifying.verify import verify

__all__ = ["verify"]
