"""The whole command line, with all its verbs."""

from hashmatch.cli.verbs import app_of

app = app_of(())
