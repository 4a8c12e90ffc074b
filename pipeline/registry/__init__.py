"""The public registry of providers (NPPES): its monthly file read into the practice's database, and looked up there.

A stage of its own it is not: `pipeline.matching` asks it, through the port `pipeline.matching.registry`, where the directory does
not settle a destination. What it answers is told to a person, and never decides. Nothing is fetched: somebody brings the file.
"""
