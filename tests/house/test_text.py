"""Every kept file: no addresses of package registries, no reminders left behind; the locks are whole."""

import re
from pathlib import Path

# Spelt in pieces, because this file is kept too.
REGISTRIES = re.compile(
    r"(pypi|pythonhosted|npm"
    + r"js|npmmirror|jsdelivr|unpkg|deb\.debian|conda|tuna\.tsinghua)\.(org|com|io|net|edu)"
)
REMINDERS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")


def lines(files: list[Path], root: Path) -> list[tuple[str, str]]:
    """All lines of all text files with where they stand."""
    found = []
    for file in files:
        data = file.read_bytes()
        if b"\0" in data[:8192]:
            continue
        text = data.decode("utf-8", errors="replace")
        found += [(f"{file.relative_to(root)}:{n}", line) for n, line in enumerate(text.splitlines(), 1)]
    return found


def test_no_file_names_a_package_registry(kept_files: list[Path], root: Path) -> None:
    assert [where for where, line in lines(kept_files, root) if REGISTRIES.search(line)] == []


def test_nothing_was_left_for_later_in_a_comment(kept_files: list[Path], root: Path) -> None:
    assert [where for where, line in lines(kept_files, root) if REMINDERS.search(line)] == []


def pins(lock: Path) -> dict[str, list[str]]:
    """Package and version of a lock, with its hashes."""
    found: dict[str, list[str]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([a-z0-9.-]+==\S+)", line):
            found[pin[1]] = []
        elif line.lstrip().startswith("--hash="):
            found[list(found)[-1]].append(line)
    return found


def test_the_locks_pin_the_same_versions_by_hash_and_hold_no_address(root: Path) -> None:
    runtime, everything = pins(root / "requirements.lock"), pins(root / "requirements-dev.lock")

    assert set(runtime) <= set(everything)
    assert [pin for pin, hashes in everything.items() if not hashes] == []
    assert any(pin.startswith("setuptools==") for pin in runtime), "the build needs it, without isolation"
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (root / name).read_text(encoding="utf-8")


def test_the_locks_cover_what_the_project_asks_for(root: Path) -> None:
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    asked = re.findall(r'^    "([A-Za-z0-9.-]+)(?:\[[\w,]+\])?[<>=~]', project, flags=re.MULTILINE)
    pinned = {pin.split("==")[0] for pin in pins(root / "requirements-dev.lock")}

    assert len(asked) > 20
    assert {name.lower() for name in asked} - pinned == set()
