"""By what right: whether a copy may leave, under which rule, with which scope, and until when. Pure rules and their tables.

The way in: `authorize.authorize` (a release, or every finding that stands against it), `deadlines.due` and `extended`,
`fees.fee` and `ledger_line`, `policy.explained`. Each rule has the paragraph that it comes from beside it, and the tables
(`*.toml`) their sources. None of this is legal advice; a practice's counsel confirms the tables.
"""
