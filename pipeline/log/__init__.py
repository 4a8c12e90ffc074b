"""The delivery log: append-only, hash-chained, and the questions that auditors ask of it."""
