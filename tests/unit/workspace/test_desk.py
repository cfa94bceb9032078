"""The workspace itself: what a process that answers for long prepares."""

import gc

from xinqiao.workspace import Workspace


def test_a_settled_process_keeps_its_declarations_out_of_garbage_collections(workspace: Workspace) -> None:
    try:
        workspace.settle()

        searched = {id(each) for each in gc.get_objects()}
        assert not {id(vars(workspace)[name]) for name in ("contracts", "catalogue", "scorecards")} & searched
    finally:
        gc.unfreeze()
