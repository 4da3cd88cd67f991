"""Demo city life: callers, departments, desk, reviewers, follow-up; real HTTP against ourselves."""
