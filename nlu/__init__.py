"""Chinese text in, meaning out. No network, no database."""
