"""A made-up practice: patients, charts and scanned requests, all drawn by code. Nobody in it exists."""

from pipeline.practice.sample.summary import Ending, Expected, SampleSummary
from pipeline.practice.sample.write import write_sample

__all__ = ["Ending", "Expected", "SampleSummary", "write_sample"]
