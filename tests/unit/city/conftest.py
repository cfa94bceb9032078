"""One small city, built once for all tests that only read it."""

from pathlib import Path

import pytest

from xinqiao.city import Manifest, build

ENTERPRISES = 160


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return build(Path(tmp_path_factory.mktemp("city")), enterprises=ENTERPRISES)
