"""Only this machine is served, nothing from elsewhere is loaded, and every route says who may call it."""

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from xinqiao.portal import create_portal
from xinqiao.portal.desk import Desk
from xinqiao.web.callers import called_by, caller_of, require_callers
from xinqiao.web.guards import is_loopback

HOSTS_HERE = ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:80", "[::1]:8000", "[::1]", "127.8.9.1"]
HOSTS_ELSEWHERE = [
    "", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.5:8000", "10.0.0.1",
    "127.0.0.1:80@evil.example", "127.0.0.1:8o", "[::2]", "localhost:", "2130706433",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS_HERE)
def test_a_loopback_name_is_answered(pages: TestClient, host: str) -> None:
    assert is_loopback(host)
    assert pages.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", [host for host in HOSTS_ELSEWHERE if host != "localhost:"])
def test_any_other_name_is_refused_without_repeating_it(pages: TestClient, host: str) -> None:
    answer = pages.get("/", headers={"host": host})

    assert not is_loopback(host)
    assert answer.status_code == 421
    assert "foreign_host" in answer.text
    assert "evil.example" not in answer.text


@given(st.text())
def test_no_host_header_breaks_the_check(host: str) -> None:
    assert is_loopback(host) in (True, False)


@pytest.mark.parametrize("path", ["/", "/?q=海川", "/enterprises/x", "/nope", "/static/site.css", "/healthz"])
def test_every_answer_forbids_scripts_from_elsewhere_frames_and_sniffing(
    pages: TestClient, path: str
) -> None:
    headers = pages.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_reports_are_not_kept_by_caches_and_versioned_files_are(pages: TestClient, code: str) -> None:
    assert pages.get(f"/enterprises/{code}").headers["cache-control"] == "no-store"
    assert "immutable" in pages.get("/static/site.css?v=1").headers["cache-control"]
    assert "immutable" not in pages.get("/static/site.css").headers["cache-control"]


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"])
def test_static_files_do_not_lead_out_of_their_folder(pages: TestClient, path: str) -> None:
    assert pages.get(path).status_code == 404


def test_every_route_of_the_portal_declares_its_caller(desk: Desk) -> None:
    routes = create_portal(desk).routes

    assert len(routes) >= 7
    assert {caller_of(route) for route in routes} == {"local"}


def test_an_application_with_a_silent_route_does_not_start() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/told")
    @called_by("local")
    def told() -> str:
        return "told"

    require_callers(app.routes)

    @app.get("/silent")
    def silent() -> str:
        return "silent"

    with pytest.raises(RuntimeError, match="/silent"):
        require_callers(app.routes)


def test_the_documentation_routes_of_the_framework_are_off(pages: TestClient) -> None:
    assert [pages.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3
