"""Pages travel compressed. Files are compressed beforehand (network/assets); this is for what is made on request.

A page that holds a secret (the token of a form) and a text of the asker must not betray the secret by its length, so a
name of random length is written into the head of each answer, as Django does.
"""

import gzip
import io
import secrets

from flask import Flask, Response, request

KINDS = ("text/html", "text/plain", "application/json", "application/xml", "application/manifest+json", "image/svg+xml")
SMALLEST = 800
"""Bytes below which compressing gains nothing."""
PADDING = 100


def compressed(body: bytes) -> bytes:
    result = io.BytesIO()
    name = "a" * secrets.randbelow(PADDING)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=6, fileobj=result, mtime=0) as file:
        file.write(body)
    return result.getvalue()


def init_app(app: Flask) -> None:
    @app.after_request
    def _compress(response: Response) -> Response:
        if response.mimetype not in KINDS or response.is_streamed or response.direct_passthrough:
            return response
        response.vary.add("Accept-Encoding")
        if (
            not request.accept_encodings.best_match(["gzip"])
            or response.content_encoding
            or response.status_code in (204, 304)
        ):
            return response
        body = response.get_data()
        if len(body) >= SMALLEST:
            response.set_data(compressed(body))
            response.content_encoding = "gzip"
        return response
