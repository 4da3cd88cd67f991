"""HTTP in and out: a handler parses, calls one use case, renders."""
