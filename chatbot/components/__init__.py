"""Parts of the pipeline that are the hub's own, found by Rasa under their module paths (config.yml)."""
