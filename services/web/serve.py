"""Runs an application under uvicorn: one worker, no access log. PROTOCOL section 8.

Owns the server's settings. Paths carry consent and release ids, so they are never logged. There is
always one worker: group commit and the integrator live in one process.
"""

import contextlib
import gc
import logging

import uvicorn
from starlette.types import ASGIApp

from services.web.errors import TransportError
from services.web.transport import Listener, require_protected

GRACE = 10
"""Seconds that running requests have to finish when the process is asked to stop."""


class LastLineOnly(logging.Filter):
    """Cuts a traceback that the server logs down to its last line: the error itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; keep every record."""
        text = record.getMessage().strip()
        if text.startswith("Traceback"):
            record.msg, record.args = text.splitlines()[-1], ()
        record.exc_info = record.exc_text = None
        return True


def serve(app: ASGIApp, listener: Listener) -> None:
    """Serve until interrupted.

    Raises TransportError where the way in is not protected or the server does not start: why not
    is logged.
    """
    server = uvicorn.Server(server_config(app, listener))
    # What is loaded by now stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    try:
        # uvicorn stops in good order and then raises the interrupt once more.
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    except SystemExit:
        raise TransportError("it did not start, for the reason above") from None


def server_config(app: ASGIApp, listener: Listener) -> uvicorn.Config:
    """Return uvicorn's settings for `listener`. Raises TransportError."""
    require_protected(listener)
    config = uvicorn.Config(
        app,
        host=listener.host,
        port=listener.port,
        ssl_certfile=listener.tls_certificate,
        ssl_keyfile=listener.tls_key,
        workers=1,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        # The signed target is held against the configured URL: no header may change it.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
    )
    # After the line above, which sets logging up anew.
    logging.getLogger("uvicorn.error").addFilter(_LAST_LINE_ONLY)
    return config


_LAST_LINE_ONLY = LastLineOnly()
