"""By what right: whether a copy may leave, under which rule, with which scope, and until when. Pure rules and their tables.

The way in: `authorize.authorize` (a release, or every finding that stands against it) and `deadlines.due`. Each rule has the
paragraph that it comes from beside it. None of this is legal advice; a practice's counsel confirms the tables.
"""
