"""Who works here: accounts, second factors, sessions, tokens of programs, and the log of who looked at what."""
