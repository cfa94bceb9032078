"""What an audit event is, before and after it is recorded."""

from collections.abc import Mapping
from dataclasses import Field, dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from xinqiao.kernel.actor import Actor


class Event(Protocol):
    """Something that happened: a frozen dataclass whose fields are the particulars.

    Attributes:
        name: Capability and past participle, such as `delivery.taken`; each class declares its own.
    """

    name: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log keeps it.

    Attributes:
        event_id: Its number; later events have larger ones.
        at: When it happened, aware.
        actor: Who did it.
        name: What it was, such as `delivery.taken`.
        payload: Its particulars.
    """

    event_id: int
    at: datetime
    actor: Actor
    name: str
    payload: Mapping[str, Any]
