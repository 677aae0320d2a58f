"""The site over 127.0.0.1, for a browser."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def served(make: Callable[[], Flask]) -> Iterator[tuple[str, Flask]]:
    """The address of the site that `make` makes, and the site.

    In threads of its own: Playwright leaves an event loop in this one, which Flask's contexts do not bear.
    """
    with ThreadPoolExecutor(1) as beside:
        app = beside.submit(make).result()
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        beside.submit(server.serve_forever)
        try:
            yield f"http://127.0.0.1:{server.server_port}", app
        finally:
            server.shutdown()
