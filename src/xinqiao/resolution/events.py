"""What can happen in resolution, as audit events."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class DirectoryRefreshed:
    """Enterprises that a delivery named were entered in the directory, or their entries renewed."""

    name: ClassVar[str] = "directory.refreshed"

    delivery_id: int
    dataset: str
    enterprises: int
