"""Whether this installation does what it must: what `hashmatch doctor` runs."""
