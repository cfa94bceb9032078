"""The command line: it parses, calls one command of the workspace, and prints for people or for machines.

Every command has `--json`: one JSON document on standard output. Messages and progress go to standard
error.
Exit status: 0 done; 2 refused, not found, wrongly asked or for now impossible, with nothing changed; 1 a
fault of the product's own; 130 interrupted; 141 when whoever reads the output leaves early. Only what a
command needs is imported for it.
"""

from xinqiao.cli.app import app, run
from xinqiao.cli.surroundings import Language, Surroundings

__all__ = ["Language", "Surroundings", "app", "run"]
