"""Gathering: everything the chart lists within the scope, and proof that nothing it lists is missing."""
