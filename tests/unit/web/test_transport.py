"""Where a process may listen, and with which server settings."""

from pathlib import Path

import pytest
from starlette.applications import Starlette

from services.web.errors import TransportError
from services.web.serve import server_config
from services.web.transport import Listener, is_loopback, require_protected

PEM = Path("/somewhere/cert.pem")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_loopback_needs_nothing(host: str) -> None:
    assert is_loopback(host)
    require_protected(Listener(host, 8440))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "hub.example", "localhost.example"])
def test_beyond_loopback_plain_http_is_refused(host: str) -> None:
    with pytest.raises(TransportError, match="refusing"):
        require_protected(Listener(host, 8440))
    require_protected(Listener(host, 8440, behind_proxy=True))
    require_protected(Listener(host, 8440, PEM, PEM))


@pytest.mark.parametrize("files", [(PEM, None), (None, PEM)])
def test_a_certificate_needs_its_key(files: tuple[Path | None, Path | None]) -> None:
    with pytest.raises(TransportError, match="together"):
        require_protected(Listener("127.0.0.1", 8440, *files))


def test_the_server_logs_no_access_and_trusts_no_header() -> None:
    config = server_config(Starlette(), Listener("127.0.0.1", 8440))
    assert (config.access_log, config.proxy_headers, config.server_header) == (False, False, False)
    assert (config.workers, config.lifespan) == (1, "on")
    with pytest.raises(TransportError):
        server_config(Starlette(), Listener("0.0.0.0", 8440))
