"""`python -m server` is the command `modeld`."""

from server.cli import main

main(prog_name="modeld")
