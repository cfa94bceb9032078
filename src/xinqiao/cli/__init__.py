"""The command line: it parses, calls one command of the workspace, and prints for people or for machines.

Every command has `--json`: one JSON document on standard output. Messages and progress go to standard error.
Exit status: 0 done; 2 refused, not found or wrongly asked, with nothing changed; 130 interrupted.
"""

from xinqiao.cli.app import app, run
from xinqiao.cli.surroundings import Surroundings

__all__ = ["Surroundings", "app", "run"]
