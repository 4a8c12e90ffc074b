"""Radiographs drawn by code: bitewings, periapicals, full mouth series, panoramic views. No patient was ever exposed.

Lengths are millimetres until a film is exposed; densities run from 0 (black, nothing in the way) to 1 (white, metal).
"""
