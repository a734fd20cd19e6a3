"""The server's own log: no traceback, hence nothing of what a request held."""

import logging
import socket

import pytest
from fastapi import FastAPI

from services.web.errors import TransportError
from services.web.serve import LastLineOnly, serve
from services.web.transport import Listener

TRACEBACK = """Traceback (most recent call last):
  File "a.py", line 1, in f
    f(name="Olena")
KeyError: 'key'
"""


def record(message: str, error: Exception | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, None) if error else None
    return logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, message, (), exc_info)


def test_a_traceback_becomes_its_last_line() -> None:
    one = record(TRACEBACK)
    assert LastLineOnly().filter(one) is True
    assert one.getMessage() == "KeyError: 'key'"


def test_an_exception_is_not_attached() -> None:
    one = record("Exception in ASGI application", ValueError("Olena"))
    assert LastLineOnly().filter(one) is True
    assert "Olena" not in logging.Formatter().format(one)


def test_other_messages_stay() -> None:
    one = record("Invalid HTTP request received.")
    assert LastLineOnly().filter(one) is True
    assert one.getMessage() == "Invalid HTTP request received."


def test_a_port_that_is_taken_is_told_in_words() -> None:
    app = FastAPI()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(TransportError):
        serve(app, Listener("127.0.0.1", taken.getsockname()[1]))
