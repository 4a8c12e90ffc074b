"""Webhooks: programs elsewhere are told that a request is held or delivered, by its number and nothing else."""
