"""The room that reads a scanned request: what is on the page, where, and how sure one can be of it."""
