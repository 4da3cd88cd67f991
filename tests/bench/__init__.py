"""Measurements (make bench): one JSON object a line, each against a yardstick of the same run."""
