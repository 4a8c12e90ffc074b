"""The memory of forms: a layout that a person has corrected once is known again, and its fields are read from their places.

It holds what a form prints and where its fields stand, and nothing that anybody wrote on it.
"""
