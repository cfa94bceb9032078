"""What every edge is handed: the open store, the lake, the engine and the declared catalogues.

A workspace is made once by the composition root. `commands`, `regimes` and `reports` hold the few
compositions that more than one edge needs; what one edge alone needs it puts together itself, in a block of
`Workspace.begun`: one engine session and one transaction, so that it happens whole or not at all.
"""

from xinqiao.workspace.desk import Workspace

__all__ = ["Workspace"]
