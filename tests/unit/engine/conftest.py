"""What a test can ask of its own process."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def grown() -> Callable[[], int]:
    """By how many MB this process grew at the most since the test began, its libraries' memory included."""
    process = Path("/proc/self")
    (process / "clear_refs").write_text("5")  # Forgets the peak.

    def megabytes(of: str) -> int:
        (line,) = [each for each in (process / "status").read_text().splitlines() if each.startswith(of)]
        return int(line.split()[1]) // 1024

    before = megabytes("VmRSS")
    return lambda: megabytes("VmHWM") - before
