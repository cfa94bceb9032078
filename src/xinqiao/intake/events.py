"""What can happen at intake, as audit events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class DeliveryTaken:
    """A department's delivery was judged; its good rows became records, the others are in quarantine."""

    name: ClassVar[str] = "delivery.taken"

    delivery_id: int
    dataset: str
    source: str
    files: tuple[str, ...]
    known_at: str
    accepted: int
    corrected: int
    duplicate: int
    quarantined: int
    reasons: Mapping[str, int]
    versions: Mapping[str, int]
    covers: tuple[str, ...] | None
    empty_list: bool


@dataclass(frozen=True, slots=True)
class QuarantineReplayed:
    """Refused rows were judged again, as delivered or as in a file of mended rows (its hash); the good became records."""

    name: ClassVar[str] = "quarantine.replayed"

    replay_id: int
    delivery_id: int
    dataset: str
    accepted: int
    corrected: int
    duplicate: int
    still_refused: int
    versions: Mapping[str, int]
    mended: str | None
