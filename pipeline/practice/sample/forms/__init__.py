"""The papers that requests come on: seven layouts of our own design, one file each. Each draws answers on a sheet."""

from collections.abc import Callable

from pipeline.practice.sample.answers import Answers
from pipeline.practice.sample.sheet import Sheet

Form = Callable[[Sheet, Answers], None]
