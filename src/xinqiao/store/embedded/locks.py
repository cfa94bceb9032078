"""File locks that nobody can forget to give back: the kernel does it when the last descriptor closes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def descriptor_of(path: Path) -> int:
    """Open a lock file, made if it is missing, and return its descriptor; nothing is locked yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A lock file's descriptor for the length of a block; nothing is locked yet."""
    descriptor = descriptor_of(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def share(descriptor: int) -> None:
    """Hold the lock together with others, waiting for who holds it alone."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def wait_until_free(descriptor: int) -> None:
    """Hold the lock alone, waiting until nobody else holds it."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def take_if_free(descriptor: int) -> bool:
    """Hold the lock alone if nobody else holds it; otherwise hold nothing any more."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of a file alone for the length of a block, waiting for it."""
    with opened(path) as descriptor:
        wait_until_free(descriptor)
        yield
