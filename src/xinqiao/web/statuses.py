"""The one table from what can go wrong to an HTTP status."""

from collections.abc import Mapping
from http import HTTPStatus

from xinqiao.kernel.refusals import Fault, NotFound, ProductError, Refusal, Transient

STATUSES: Mapping[type[ProductError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Refusal: HTTPStatus.UNPROCESSABLE_ENTITY,
    Transient: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Status of each kind of failure; a subclass has that of the nearest kind it descends from."""


class ForeignHost(Refusal):
    """The request names a host that is not this machine: a page elsewhere may be steering the browser."""

    code = "foreign_host"


class MethodNotAllowed(Refusal):
    """The address exists, but not for this method."""

    code = "method_not_allowed"


class NoSuchPage(NotFound):
    """No page has this address."""

    code = "no_such_page"


class UnreadableRequest(Refusal):
    """A parameter of the request is not what the page takes."""

    code = "unreadable_request"


_EXCEPTIONS: Mapping[type[ProductError], HTTPStatus] = {
    ForeignHost: HTTPStatus.MISDIRECTED_REQUEST,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    UnreadableRequest: HTTPStatus.BAD_REQUEST,
}


def status_of(error: ProductError) -> HTTPStatus:
    """The HTTP status of a failure."""
    for kind in type(error).__mro__:
        for table in (_EXCEPTIONS, STATUSES):
            if kind in table:
                return table[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR
