"""The surroundings are read once, strictly, and told what is wrong in one sentence."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from xinqiao.settings import UnusableSetting, load_settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("XINQIAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_need_be_set(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.home == tmp_path / "var"
    assert settings.home.is_absolute()
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.memory_limit, settings.threads) == (None, None)


def test_what_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HOME", "DATABASE_URL", "PORT", "MEMORY_LIMIT", "THREADS"):
        monkeypatch.setenv(f"XINQIAO_{name}", "")
    settings = load_settings()
    assert (settings.home, settings.database_url, settings.port) == (tmp_path / "var", None, 8000)


def test_everything_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "HOME": "数据/家",
        "DATABASE_URL": "postgresql://clerk:secret@db:5432/xinqiao",
        "HOST": "0.0.0.0",  # noqa: S104  a value like any other here
        "PORT": "443",
        "MEMORY_LIMIT": "12GB",
        "THREADS": "2",
    }.items():
        monkeypatch.setenv(f"XINQIAO_{name}", value)
    settings = load_settings()
    assert settings.home == tmp_path / "数据/家"
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://clerk:secret@db:5432/xinqiao"
    assert (settings.port, settings.memory_limit, settings.threads) == (443, "12GB", 2)
    assert "secret" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "credit.city.gov.cn", "localhost"])
def test_a_host_is_an_address_or_a_name(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("XINQIAO_HOST", host)
    assert load_settings().host == host


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "八千"),
        ("HOST", "http://127.0.0.1"),
        ("HOST", "a b"),
        ("MEMORY_LIMIT", "12"),
        ("MEMORY_LIMIT", "0GB"),
        ("MEMORY_LIMIT", "12GB; DROP"),
        ("THREADS", "0"),
        ("THREADS", "many"),
        ("HOME", "~no-such-user-here/var"),
        ("HOME", "/tmp/a?b"),
        ("HOME", "/tmp/a*b/var"),
        ("HOME", "/tmp/a[1]"),
        ("DATABASE_URL", "mysql://clerk:secret@db/x"),
        ("DATABASE_URL", "clerk:secret@db"),
        ("DATABASE_URL", "postgresql://clerk:secret@[db/x"),
    ],
)
def test_a_bad_value_is_named_with_what_to_write_instead(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"XINQIAO_{name}", value)
    with pytest.raises(UnusableSetting, match=f"XINQIAO_{name} 应") as raised:
        load_settings()
    assert "例如" in str(raised.value)
    assert "secret" not in f"{raised.value} {raised.value.__context__!r}"


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    monkeypatch.setenv("XINQIAO_PORT", "x")
    monkeypatch.setenv("XINQIAO_THREADS", "x")
    with pytest.raises(UnusableSetting, match=r"XINQIAO_HOME.*XINQIAO_PORT.*XINQIAO_THREADS"):
        load_settings()


def test_settings_do_not_change() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.port = 1
