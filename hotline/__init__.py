"""The service: who calls us, and in what order things happen."""
