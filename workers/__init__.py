"""The stations of the line, and what runs them. Read `catalogue.py` first: it is the whole process on one page."""
