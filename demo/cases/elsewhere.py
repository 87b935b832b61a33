"""Making things in a process of its own, beside the one that uses them."""

from __future__ import annotations

import importlib
import multiprocessing
import traceback
from collections.abc import Callable, Generator, Iterator
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import django

Made = TypeVar("Made")


class MakingError(Exception):
    """What is made elsewhere was not made to its end; the message says why."""


def elsewhere(make: Callable[..., Iterator[Made]], *arguments: Any) -> Generator[Made]:
    """What ``make(*arguments)`` yields, made by a fresh process while the last is being used.

    `make` is a module's function; the arguments and what is yielded are plain values. MakingError
    where `make` raises, with its traceback, or where its process is killed.
    """
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    name = f"{make.__module__}:{make.__qualname__}"
    process = context.Process(target=_make, args=(sending, name, arguments), daemon=True)
    with receiving:
        process.start()
        sending.close()
        try:
            while (message := receiving.recv()) is not None:
                if isinstance(message, MakingError):
                    raise message
                yield message
        except EOFError:
            process.join()
            raise MakingError(f"{name} was killed ({process.exitcode})") from None
        finally:
            process.kill()
            process.join()


def _make(sending: Connection, name: str, arguments: tuple[Any, ...]) -> None:
    """In the other process: `None` is sent after the last."""
    module, _, function = name.partition(":")
    try:
        django.setup()
        make = getattr(importlib.import_module(module), function)
        for made in make(*arguments):
            sending.send(made)
        sending.send(None)
    except BaseException:
        sending.send(MakingError(traceback.format_exc()))
