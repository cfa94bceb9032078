"""Who does something: a person or a part of the system itself."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["person", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The doer of an operation, as the audit log names it.

    Attributes:
        kind: Whether a person or the system acts.
        name: Login name of the person or name of the part of the system; never empty.
    """

    kind: ActorKind
    name: str

    def __post_init__(self) -> None:
        """Refuse a doer that the audit log could not name."""
        if not self.name.strip():
            raise ValueError("an actor needs a name")

    def __str__(self) -> str:
        """`person:li.na`, `system:scheduler`."""
        return f"{self.kind}:{self.name}"
