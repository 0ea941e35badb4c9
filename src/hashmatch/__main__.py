"""`python -m hashmatch`: the command line."""

from hashmatch.cli import main

main()
