"""The rules and tools of each stage, one room a stage, in the order of the line. No process of its own."""
