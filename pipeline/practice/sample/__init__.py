"""A made-up practice: patients, charts and scanned requests, all drawn by code. Nobody in it exists."""

from pipeline.practice.sample.summary import Ending, Expected, SampleSummary
from pipeline.practice.sample.write import is_in_use, write_sample

__all__ = ["Ending", "Expected", "SampleSummary", "is_in_use", "write_sample"]
