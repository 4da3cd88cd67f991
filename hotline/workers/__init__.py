"""Loops: time in, one use case out."""
