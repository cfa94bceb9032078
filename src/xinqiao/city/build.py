"""Building a city folder: enterprise by enterprise, straight to the departments' files."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path

from xinqiao.city import departments
from xinqiao.city.codes import LEGACY_SYSTEM, wrong_check
from xinqiao.city.departments import LAYOUTS
from xinqiao.city.desk import Desk, DirtLog
from xinqiao.city.enterprise import Enterprise, enterprise
from xinqiao.city.faults import Fault
from xinqiao.city.layout import Layout
from xinqiao.city.manifest import FILE, Delivery, Manifest, NoCity, Parameters, load_manifest
from xinqiao.city.market import register
from xinqiao.city.penalties import penalise
from xinqiao.city.taxes import pay
from xinqiao.city.timeline import Timeline, timeline
from xinqiao.city.trade import monthly_sales, trade
from xinqiao.kernel.clock import start_of_day

Progress = Callable[[int, int], None]

_ENTERPRISES = "truth/enterprises.csv"
_DIRT = "truth/dirt.csv"
_PROGRESS_STEP = 250
_EVENING = timedelta(hours=18)
_TRUTH = (
    "index",
    "unified_code",
    "subject",
    "name",
    "kind",
    "sector",
    "county",
    "profile",
    "account",
    "established_on",
    "closed_on",
    "health",
    "defaulted",
    "defaulted_on",
)


def build(
    folder: Path,
    *,
    enterprises: int,
    seed: int = 20260630,
    until: date = date(2026, 6, 30),
    progress: Progress | None = None,
) -> Manifest:
    """Write a city into a folder, or find it there already.

    Args:
        folder: Where to; made if it does not exist. Files of an earlier city in it are replaced.
        enterprises: How many, at least 1.
        seed: What all chance comes from.
        until: Last day of records, and day of the last delivery.
        progress: Called now and then with enterprises done and enterprises in all.

    Raises:
        ValueError: There are no enterprises to make.
    """
    if enterprises < 1:
        raise ValueError("a city has at least one enterprise")
    parameters = Parameters(enterprises=enterprises, seed=seed, until=until)
    try:
        found = load_manifest(folder)
    except NoCity:
        pass
    else:
        if found.parameters == parameters:
            return found
        _clear(found)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).unlink(missing_ok=True)
    calendar = timeline(until)
    with ExitStack() as files:
        log = files.enter_context(closing(DirtLog(folder / _DIRT, folder)))
        desks = {
            layout.slug: files.enter_context(closing(Desk(layout, calendar, folder, log)))
            for layout in LAYOUTS
        }
        truth = files.enter_context((folder / _ENTERPRISES).open("w", encoding="utf-8", newline="\n"))
        truth.write(",".join(_TRUTH) + "\n")
        for index in range(enterprises):
            firm = enterprise(seed, index, calendar)
            truth.write(",".join(_true(firm)) + "\n")
            _record(firm, calendar, seed, desks)
            if progress and (index + 1) % _PROGRESS_STEP == 0:
                progress(index + 1, enterprises)
    _write_mappings(folder)
    deliveries = _deliveries(folder, calendar, desks)
    manifest = Manifest(
        folder=folder,
        parameters=parameters,
        deliveries=deliveries,
        as_of=calendar.as_of,
        enterprises_file=_ENTERPRISES,
        dirt_file=_DIRT,
        rows=sum(each.rows for each in deliveries),
        dirty_rows=log.rows,
    )
    manifest.save()
    if progress:
        progress(enterprises, enterprises)
    return manifest


def _record(firm: Enterprise, calendar: Timeline, seed: int, desks: dict[str, Desk]) -> None:
    """Write everything that all departments know of an enterprise."""
    registration = desks[departments.REGISTRATION.slug]
    register(firm, calendar, registration, desks[departments.LISTINGS.slug])
    _cross(firm, calendar, desks[departments.CROSSWALK.slug])
    penalise(firm, calendar, desks[departments.PENALTIES.slug])
    if firm.profile == "registered_only":
        return
    sales = monthly_sales(firm, calendar)
    pay(firm, calendar, sales, desks[departments.PAYMENTS.slug], desks[departments.ARREARS.slug])
    if firm.profile == "full":
        out = desks[(departments.LEGACY_SALES if firm.account else departments.SALES).slug]
        trade(firm, calendar, sales, seed=seed, out=out, into=desks[departments.PURCHASES.slug])


def _cross(firm: Enterprise, calendar: Timeline, crosswalk: Desk) -> None:
    """Write whose number an account in the former tax system is; a few rows name nobody."""
    if not firm.account:
        return
    delivery = 1 if firm.account_known_late else 0
    since = firm.established_on.isoformat()
    crosswalk.put_plainly([LEGACY_SYSTEM, firm.account, firm.code, firm.name, since], delivery)
    if firm.random.random() < 0.02:
        row = [LEGACY_SYSTEM, f"{firm.account}-1", wrong_check(firm.code, 7), firm.name, since]
        crosswalk.put_spoilt(row, delivery, Fault("wrong_check_character", "invalid_code:unified_code"))


def _true(firm: Enterprise) -> Sequence[str]:
    return (
        str(firm.index),
        firm.code,
        str(firm.identity.code.subject),
        firm.name,
        "individual" if firm.is_individual else "company",
        firm.sector.division,
        firm.identity.county,
        firm.profile,
        firm.account,
        firm.established_on.isoformat(),
        firm.closed_on.isoformat() if firm.closed_on else "",
        f"{firm.health:.4f}",
        "1" if firm.defaulted_on else "0",
        firm.defaulted_on.isoformat() if firm.defaulted_on else "",
    )


def _write_mappings(folder: Path) -> None:
    for layout in LAYOUTS:
        if layout.mapped:
            path = folder / _mapping(layout)
            path.parent.mkdir(exist_ok=True)
            path.write_text(layout.mapping, encoding="utf-8")


def _mapping(layout: Layout) -> str:
    return f"mappings/{layout.slug}.yaml"


def _deliveries(folder: Path, calendar: Timeline, desks: dict[str, Desk]) -> tuple[Delivery, ...]:
    """All deliveries in order; a file without data is removed, as a department sends none."""
    deliveries = []
    for number, day in enumerate(calendar.deliveries):
        for layout in LAYOUTS:
            sheet = desks[layout.slug].sheets[number]
            if not sheet.rows:
                sheet.path.unlink()
                continue
            deliveries.append(
                Delivery(
                    dataset=layout.dataset,
                    files=(sheet.path.relative_to(folder).as_posix(),),
                    mapping=_mapping(layout) if layout.mapped else None,
                    known_at=start_of_day(day) + _EVENING + timedelta(minutes=layout.minute),
                    source=layout.source,
                    rows=sheet.rows,
                )
            )
    return tuple(deliveries)


def _clear(old: Manifest) -> None:
    """Remove the files of an earlier city, and nothing else that may lie in the folder."""
    (old.folder / FILE).unlink()
    for delivery in old.deliveries:
        for file in delivery.files:
            (old.folder / file).unlink(missing_ok=True)
