"""Whose records, and to whom: the patient in the roster and the office in the directory that a request means.

Pure, but for the two tables that a practice keeps (`roster.csv`, `directory.csv`). The way in: `patients.match_patient` and
`destinations.match_destination`; both answer with one match or with the findings that a person needs.
"""
