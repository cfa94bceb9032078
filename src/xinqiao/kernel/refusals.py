"""What can go wrong, as four kinds that callers treat alike.

A `Refusal` is a rule saying no, `NotFound` an unknown thing, a `Fault` ours, a `Transient` worth another try.
Messages are product text in Chinese: what happened, where, what to do; `code` is stable and may be quoted.
"""

from typing import ClassVar


class ProductError(Exception):
    """Any failure that the product explains to people; raise one of its four kinds.

    Attributes:
        code: Stable name of the failure, in snake case; each class declares its own.
        message: What happened and why.
        where: Where it happened: a file and row, a field, a page; empty when there is no place.
        remedy: What to do about it; empty when there is nothing to do.
    """

    code: ClassVar[str] = "product_error"

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        """Say what happened, where, and what to do."""
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """The full text, place first, remedy last."""
        place = f"{self.where}：" if self.where else ""
        sentence = self.message if not self.remedy or self.message.endswith("。") else f"{self.message}。"
        return f"{place}{sentence}{self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling, so that a failure crosses from a worker process unharmed."""
        return (_restore, (type(self), self.message, self.where, self.remedy))


def _restore(kind: type[ProductError], message: str, where: str, remedy: str) -> ProductError:
    error = kind.__new__(kind)
    ProductError.__init__(error, message, where=where, remedy=remedy)
    return error


class Refusal(ProductError):
    """A rule said no; asking again without changing anything gets the same answer."""

    code = "refused"


class NotFound(ProductError):
    """The thing asked for does not exist, or not for this caller."""

    code = "not_found"


class Fault(ProductError):
    """Our own failure; the caller did nothing wrong."""

    code = "fault"


class Transient(ProductError):
    """A passing obstacle; nothing took effect and the same request may succeed later."""

    code = "transient"


class NoSpace(Transient):
    """The disk is full; nothing of the command took effect."""

    code = "no_space"
