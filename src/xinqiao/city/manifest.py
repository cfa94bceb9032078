"""What a city folder holds: its deliveries in the order in which they became known, and what is true."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xinqiao.kernel.refusals import NotFound

FILE = "manifest.json"
GENERATOR = "xinqiao.city"
VERSION = 1


class NoCity(NotFound):
    """A folder holds no city that this version can read."""

    code = "no_city"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a city was made from; the same parameters give the same files.

    Attributes:
        enterprises: How many there are.
        seed: What all chance comes from.
        until: Last day of records.
    """

    enterprises: int
    seed: int
    until: date


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of one department.

    Attributes:
        dataset: Contract it is delivered under.
        files: Its files, relative to the city folder.
        mapping: Its mapping file, relative to the city folder; None when the headings speak for themselves.
        known_at: When the platform learns of it, aware.
        source: The delivering unit.
        rows: Data records in the files, wrong ones included.
    """

    dataset: str
    files: tuple[str, ...]
    mapping: str | None
    known_at: datetime
    source: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One city.

    Attributes:
        folder: The city folder.
        parameters: What it was made from.
        deliveries: All deliveries, oldest first; deliver them in this order.
        as_of: Days worth evaluating, ascending.
        enterprises_file: What is true of each enterprise, relative to the folder.
        dirt_file: Every planted fault, relative to the folder.
        rows: Data records in all deliveries.
        dirty_rows: Rows listed in the dirt file.
    """

    folder: Path
    parameters: Parameters
    deliveries: tuple[Delivery, ...]
    as_of: tuple[date, ...]
    enterprises_file: str
    dirt_file: str
    rows: int
    dirty_rows: int

    def save(self) -> None:
        """Write the manifest into its folder, all at once; its presence says that the city is complete."""
        content = asdict(self)
        del content["folder"]
        content = {"generator": GENERATOR, "version": VERSION, **content}
        draft = self.folder / f".{FILE}.part"
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=_text), encoding="utf-8")
        draft.replace(self.folder / FILE)


def load_manifest(folder: Path) -> Manifest:
    """The manifest of a city folder.

    Raises:
        NoCity: There is none, or another version wrote it.
    """
    remedy = "请先生成演示城市，或换一个目录。"
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NoCity("目录中没有演示城市。", where=str(folder), remedy=remedy) from error
    except (ValueError, OSError) as error:
        raise NoCity("演示城市的清单无法读取。", where=str(folder / FILE), remedy=remedy) from error
    if not isinstance(content, dict) or (content.get("generator"), content.get("version")) != (
        GENERATOR,
        VERSION,
    ):
        raise NoCity("演示城市由其他版本生成。", where=str(folder / FILE), remedy=remedy)
    return _manifest(folder, content)


def _manifest(folder: Path, content: dict[str, Any]) -> Manifest:
    said = content["parameters"]
    return Manifest(
        folder=folder,
        parameters=Parameters(
            enterprises=said["enterprises"], seed=said["seed"], until=date.fromisoformat(said["until"])
        ),
        deliveries=tuple(
            Delivery(
                dataset=each["dataset"],
                files=tuple(each["files"]),
                mapping=each["mapping"],
                known_at=datetime.fromisoformat(each["known_at"]),
                source=each["source"],
                rows=each["rows"],
            )
            for each in content["deliveries"]
        ),
        as_of=tuple(date.fromisoformat(day) for day in content["as_of"]),
        enterprises_file=content["enterprises_file"],
        dirt_file=content["dirt_file"],
        rows=content["rows"],
        dirty_rows=content["dirty_rows"],
    )


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in a manifest")
