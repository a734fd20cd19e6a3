"""Speaks to a running node over its local API, with the bearer token from the node's folder.

Knows no route: commands name those. Turns problem documents into NodeRefusalError. PROTOCOL
section 12.
"""

import os
import ssl
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Self

import httpx
import typer

from services.cli.errors import CommandError, NodeRefusalError

ADDRESS_FILE = "api-url"
"""File in a node's folder that says where its API listens; `node serve` writes it."""

TIMEOUT = httpx.Timeout(10.0, read=180.0)
"""Seconds. A pull may open many sections before it answers."""

NodeDir = Annotated[
    Path,
    typer.Option(
        "--dir",
        "-d",
        metavar="DIR",
        envvar="SAFEHAND_DIR",
        help="The node's folder, made by `safehand node init`.",
    ),
]
NewDir = Annotated[
    Path,
    typer.Option("--dir", "-d", metavar="DIR", envvar="SAFEHAND_DIR", help="A new, empty folder."),
]


class NodeAccess:
    """One connection to a node. Use as a context manager."""

    def __init__(self, url: str, bearer: str, certificate: Path | None = None) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {bearer}"},
            timeout=TIMEOUT,
            trust_env=False,
            verify=trust_only(certificate) if certificate else True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:
        """Return the JSON that a GET answers. Raises CommandError."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        """Return the JSON that a POST answers. Raises CommandError."""
        return self._call("POST", path, json={} if body is None else body)

    def get_bytes(self, path: str) -> bytes:
        """Return the bytes that a GET answers. Raises CommandError."""
        return self._send("GET", path).content

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self._send(method, path, **options)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise CommandError(
                f"no answer from the node at {self.url} ({type(error).__name__})",
                "Is it running? Start it with `safehand node serve --dir DIR`.",
            ) from None
        if answer.is_error:
            raise refusal_of(answer)
        return answer


def refusal_of(answer: httpx.Response) -> CommandError:
    """Return what a problem document, or an OperationOutcome, says."""
    try:
        document = answer.json()
    except ValueError:
        document = {}
    if not isinstance(document, dict):
        document = {}
    slug = str(document.get("type", "")).rpartition(":")[2] or f"status-{answer.status_code}"
    problem = str(document.get("title") or f"the node answered {answer.status_code}")
    reasons = [str(reason) for reason in document.get("reasons", [])]
    places = [f"  {place['path']}: {place['problem']}" for place in document.get("fields", [])]
    if reasons:
        problem += f" ({', '.join(reasons)})"
    return NodeRefusalError(
        answer.status_code,
        slug,
        "\n".join([problem, *places]),
        str(document.get("detail") or advice_on(slug)),
        reasons,
    )


def advice_on(slug: str) -> str:
    """Return what to do about a refusal that does not say so itself."""
    return {"locked": "Unlock the node first: safehand node unlock --dir DIR"}.get(slug, "")


def trust_only(certificate: Path) -> ssl.SSLContext:
    """Accept this one server certificate and no other, whatever name it bears."""
    context = ssl.create_default_context(cafile=certificate)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context


def open_node(folder: Path) -> NodeAccess:
    """Connect to the node that serves `folder`. Raises CommandError and what reading raises."""
    from keys.secret_files import read_secret
    from services.node.folder import NodeFolder

    node = NodeFolder(folder)
    node.require()
    address = folder / ADDRESS_FILE
    if not address.is_file():
        raise CommandError(
            f"the node in {folder} has never been served",
            f"Start it with: safehand node serve --dir {folder}",
        )
    bearer = read_secret(node.api_token).decode().strip()
    url, *certificate = address.read_text("utf-8").splitlines()
    return NodeAccess(url, bearer, Path(certificate[0]) if certificate else None)


def write_address(folder: Path, host: str, port: int, certificate: Path | None) -> str:
    """Leave word in a node's folder of where its API listens; return the URL."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    name = f"[{name}]" if ":" in name else name
    url = f"{'https' if certificate else 'http'}://{name}:{port}"
    lines = [url, str(certificate.absolute())] if certificate else [url]
    draft = folder / f"{ADDRESS_FILE}.{os.getpid()}"
    draft.write_text("\n".join(lines), "utf-8")
    draft.replace(folder / ADDRESS_FILE)
    return url
