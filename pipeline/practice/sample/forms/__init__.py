"""The papers that requests come on: layouts of our own design, one file each. Most draw answers on a sheet."""

from collections.abc import Callable

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.sheet import Sheet

Form = Callable[[Sheet, Answers], None]
