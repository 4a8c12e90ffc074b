"""The web page of the practice: where every scan is, what needs a person, and what left. It shows and never changes."""
