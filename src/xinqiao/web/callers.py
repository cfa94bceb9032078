"""Who may call a route. Every route says so, or the application does not start."""

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from starlette.routing import BaseRoute, Mount, Route

Caller = Literal["local"]
"""`local`: anyone who can reach the loopback address of this machine, which is the only one served."""

_ATTRIBUTE = "xinqiao_caller"
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., object])


def called_by(caller: Caller) -> Callable[[_Endpoint], _Endpoint]:
    """Declare who may call an endpoint, or an application that is mounted whole."""

    def declare(endpoint: _Endpoint) -> _Endpoint:
        setattr(endpoint, _ATTRIBUTE, caller)
        return endpoint

    return declare


def caller_of(route: BaseRoute) -> Caller | None:
    """The declared caller of a route, or None when it declares none."""
    match route:
        case Route():
            target: object = route.endpoint
        case Mount():
            target = route.app
        case _:
            return None
    declared: Caller | None = getattr(target, _ATTRIBUTE, None)
    return declared


def require_callers(routes: Iterable[BaseRoute]) -> None:
    """Stop an application that has a route without a caller.

    Raises:
        RuntimeError: Names the routes.
    """
    silent = [str(getattr(route, "path", "") or route) for route in routes if caller_of(route) is None]
    if silent:
        raise RuntimeError(f"以下路由没有声明调用方：{'、'.join(silent)}。请用 called_by 声明。")
