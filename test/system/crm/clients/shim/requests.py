"""As much of `requests` as the guide's client uses, for machines without it."""

import json as codec
from urllib.error import HTTPError as UrlError
from urllib.request import Request, urlopen


class HTTPError(Exception):
    pass


class Response:
    def __init__(self, status_code: int, body: bytes):
        self.status_code = status_code
        self._body = body

    def json(self):
        return codec.loads(self._body)

    def raise_for_status(self):
        if self.status_code >= 400:
            raise HTTPError(f"{self.status_code} Error")


def _ask(method: str, url: str, headers=None, json=None) -> Response:
    body = None if json is None else codec.dumps(json).encode()
    kind = {} if json is None else {"Content-Type": "application/json"}
    request = Request(url, body, {**kind, **(headers or {})}, method=method)
    try:
        with urlopen(request, timeout=30) as answer:
            return Response(answer.status, answer.read())
    except UrlError as error:
        return Response(error.code, error.read())


def get(url: str, headers=None) -> Response:
    return _ask("GET", url, headers)


def post(url: str, headers=None, json=None) -> Response:
    return _ask("POST", url, headers, json)
