"""Meaning and place in, departments out, with the reason. Pure."""
