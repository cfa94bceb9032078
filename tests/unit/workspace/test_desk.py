"""The workspace itself: what a process that answers for long prepares."""

import gc

from xinqiao.workspace import Workspace


def test_a_settled_process_keeps_its_declarations_out_of_garbage_collections(workspace: Workspace) -> None:
    def searched() -> set[str]:
        found = {id(each) for each in gc.get_objects()}
        return {
            name for name in ("contracts", "catalogue", "scorecards") if id(vars(workspace)[name]) in found
        }

    with workspace.settled():
        assert searched() == set()
    assert searched() == {"contracts", "catalogue", "scorecards"}
