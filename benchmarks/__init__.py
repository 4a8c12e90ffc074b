"""How fast the line is here, and beside whom: programs that print figures, never tests that fail by the clock.

`python -m benchmarks` runs them all, `python -m benchmarks line` one of them. Each measures a named rival in the same run,
in alternating rounds, and prints the ratio. How to read the figures: `benchmarks/README.md`.
"""
