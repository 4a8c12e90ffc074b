"""Delivering: one set to one destination, exactly once, with as much proof as the channel can give."""
