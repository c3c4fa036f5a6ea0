"""A PostgreSQL that knows nothing of Palier, on TCP, as an administrator elsewhere would run one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg

from palier.foundation.embedded_postgres import prepare
from tests.cli.serving import free_port
from tests.scratch import scratch


@contextmanager
def plain_postgres() -> Iterator[tuple[str, str]]:
    """The address of an owner with a password, who is no superuser, and of the one who is: the same empty database."""
    with scratch() as folder:
        cluster = prepare(folder, say=lambda _: None)
        port = free_port()
        programs, data = cluster.binaries.folder, folder / "postgres" / "plain"
        run = partial(
            subprocess.run, cwd="/", check=True, stdout=subprocess.DEVNULL, **cluster.account.run_as()
        )
        run([programs / "initdb", "-D", data, "-U", "boss", "-A", "trust", "-E", "UTF8"])
        hba = "host all boss 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (data / "pg_hba.conf").write_text(hba)
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''"
        log = folder / "postgres" / "plain.log"
        control = [programs / "pg_ctl", "-D", data, "-w", "-l", log]
        run([*control, "-o", options, "start"])
        try:
            with psycopg.connect(
                f"postgresql://boss@127.0.0.1:{port}/postgres", autocommit=True
            ) as connection:
                connection.execute("create role tenant login createrole password 'p@ss word/1'")
                connection.execute("create database hosted owner tenant")
            owner = f"postgresql://tenant:p%40ss%20word%2F1@127.0.0.1:{port}/hosted"
            yield owner, f"postgresql://boss@127.0.0.1:{port}/hosted"
        finally:
            run([*control, "-m", "immediate", "stop"])
