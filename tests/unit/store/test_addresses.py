"""The city's own database: what is wrong is said, the address and the password are not."""

import logging
import traceback
from pathlib import Path

import pytest

from xinqiao.store import DatabaseUnreachable, Store, UnusableDatabaseAddress, open_store

_PASSWORD = "kai-men-da-ji"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://clerk:{_PASSWORD}@127.0.0.1:1/xinqiao",
        f"postgresql://clerk:{_PASSWORD}@no-such-host.invalid/xinqiao",
    ],
)
def test_a_database_that_does_not_answer_is_worth_another_try(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(DatabaseUnreachable) as raised:
        open_store(home=Path(), database_url=url)
    assert "XINQIAO_DATABASE_URL" in str(raised.value)
    assert "请检查" in raised.value.remedy
    said = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + caplog.text
    assert _PASSWORD not in said
    assert "clerk" not in said


@pytest.mark.parametrize(
    "url", [f"postgresql://clerk:{_PASSWORD}@[::1/x", f"nonsense {_PASSWORD}", f"{_PASSWORD}"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UnusableDatabaseAddress) as raised:
        open_store(home=Path(), database_url=url)
    assert _PASSWORD not in "".join(traceback.format_exception(raised.value)) + repr(raised.value)


def test_a_store_does_not_show_its_address(database_url: str) -> None:
    store = open_store(home=Path(), database_url=f"{database_url} password={_PASSWORD}")
    try:
        assert _PASSWORD in store.url
        assert _PASSWORD not in f"{store!r} {store}"
        with store.transaction() as tx:
            assert tx.row("SELECT 1 AS one") == {"one": 1}
    finally:
        store.close()


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(DatabaseUnreachable), store.transaction() as tx:
        tx.rows("SELECT 1")
