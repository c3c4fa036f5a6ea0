"""The doctor: every setting tried, all at once, each with little patience; nothing is left changed."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from palier.billing.stripe import Refused, TillAway, till_from
from palier.entitlements.catalogue import BadOffers, offers_in
from palier.foundation import files, mail
from palier.foundation.backup_note import last_backup
from palier.foundation.clock import now
from palier.foundation.refused_files import Refused as FileRefused
from palier.foundation.scanning import scanner_at
from palier.foundation.settings import ROOT, Settings
from palier.upkeep.dumping import Place
from palier.upkeep.flows import examining_database
from palier.upkeep.rules import judging
from palier.upkeep.rules.verdicts import Finding, doubtful, faulty, well, without

PATIENCE = 12.0
"""Seconds one look may take."""

Look = Callable[[Settings], Awaitable[list[Finding]]]


async def examine(settings: Settings, here: Place | None) -> list[Finding]:
    """Everything there is to say, in one order. `here` is None where no database was ever made."""
    looks: list[tuple[str, Awaitable[list[Finding]]]] = [
        ("settings", _settings(settings)),
        ("database", examining_database.examine(settings, here) if here else _no_database()),
        ("data directory", asyncio.to_thread(_data_directory, settings)),
        ("files", _shelf(settings)),
        ("mail server", _mail(settings)),
        ("scanner", _scanner(settings)),
        ("stripe", _stripe(settings)),
        ("static files", asyncio.to_thread(_static_files)),
        ("public address", asyncio.to_thread(_from_outside, settings)),
    ]
    answers = await asyncio.gather(*(_in_time(name, look) for name, look in looks))
    hidden = list(judging.hidden_in(settings))
    return [without(finding, hidden) for answer in answers for finding in answer]


async def _in_time(name: str, look: Awaitable[list[Finding]]) -> list[Finding]:
    """A look that takes too long or falls over is a finding too."""
    try:
        return await asyncio.wait_for(look, PATIENCE)
    except TimeoutError:
        return [
            faulty(
                name, f"no answer within {PATIENCE:.0f} s", "Is it there, and does a firewall let us through?"
            )
        ]
    except Exception as error:  # noqa: BLE001  (a doctor that falls ill says so, and goes on)
        return [faulty(name, f"{type(error).__name__}: {error}", "This is a fault of ours: tell us")]


async def _settings(settings: Settings) -> list[Finding]:
    found = [
        *judging.of_settings(settings),
        judging.backups(settings, last_backup(settings.data_directory), now()),
    ]
    if settings.billing:
        found.append(_offers(settings))
    return found


def _offers(settings: Settings) -> Finding:
    try:
        offers_in(settings.offers_file)
    except (BadOffers, OSError) as error:
        return faulty("offers", str(error), "Put PALIER_OFFERS right: neither web nor worker starts with it")
    return well("offers", settings.offers_file.name)


async def _no_database() -> list[Finding]:
    return [
        doubtful(
            "database",
            "none was made yet",
            "`palier serve` makes a private one; for your own set PALIER_DATABASE_URL",
        )
    ]


def _data_directory(settings: Settings) -> list[Finding]:
    folder, found = settings.data_directory, []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ready?")
    except OSError as error:
        return [
            faulty(
                "data directory",
                f"{folder}: {error.strerror}",
                "Let this account write there, or set PALIER_DATA_DIR",
            )
        ]
    found.append(judging.room("data directory", shutil.disk_usage(folder).free, str(folder)))
    found += _loose_secret(folder / "secret")
    with suppress(OSError):
        if settings.backup_to and settings.backup_to.stat().st_dev == folder.stat().st_dev:
            found.append(
                doubtful(
                    "backup place",
                    f"{settings.backup_to} is on the disk of the data",
                    "Copy backups to another machine: a disk takes both with it",
                )
            )
    return found


def _loose_secret(path: Path) -> Iterator[Finding]:
    if path.exists() and path.stat().st_mode & 0o077:
        yield faulty("secret", f"{path} can be read by others", f"chmod 600 {path}")


async def _shelf(settings: Settings) -> list[Finding]:
    where = settings.files_url or "files in the data directory"
    try:
        await files.check(files.shelves(settings))
    except (files.ShelfAway, OSError) as error:
        return [faulty("files", f"{where}: {error}", "docs/operations.md#files says what each refusal means")]
    return [well("files", f"{where}: written, read back, removed")]


async def _mail(settings: Settings) -> list[Finding]:
    if settings.smtp_url is None:
        said, todo = (
            "no server is set: letters become files in `mail`",
            "Set PALIER_SMTP_URL: nobody receives anything",
        )
        return [faulty("mail server", said, todo) if settings.production else well("mail server", said)]
    try:
        await mail.greet(settings)
    except mail.UNREACHABLE as error:
        return [
            faulty(
                "mail server",
                f"{type(error).__name__}: {error}",
                "Check PALIER_SMTP_URL: host, port (587 or 465), account and password",
            )
        ]
    return [well("mail server", "it greets us and takes our name")]


async def _scanner(settings: Settings) -> list[Finding]:
    if not settings.scanner:
        return [well("scanner", "none is set: files are kept unscanned, and say so")]
    try:
        await scanner_at(settings.scanner)(b"Palier was here.")
    except FileRefused:
        return [
            faulty(
                "scanner",
                f"{settings.scanner} does not scan",
                "Start clamd, or check PALIER_SCANNER: until then no file is taken",
            )
        ]
    return [well("scanner", "it scans")]


async def _stripe(settings: Settings) -> list[Finding]:
    try:
        till = till_from(settings)
    except (BadOffers, OSError):
        return []  # said of the offers already
    if till is None:
        return []
    try:
        await till.read("prices", limit=1)
    except TillAway:
        return [faulty("stripe", "Stripe cannot be reached", "Let this machine call api.stripe.com by https")]
    except Refused as refusal:
        return [
            faulty(
                "stripe",
                f"Stripe refuses the key: {refusal.code or refusal.message}",
                "Copy it anew from the dashboard; a restricted key needs prices, customers, checkout, subscriptions, invoices",
            )
        ]
    finally:
        await till.close()
    return [well("stripe", "Stripe answers to the key")]


def _static_files() -> list[Finding]:
    vendor = ROOT / "static" / "vendor"
    wanted = [vendor / "htmx.min.js", vendor / "fonts", vendor / "pdf-fonts"]
    missing = [
        path.name for path in wanted if not path.exists() or (path.is_dir() and not any(path.iterdir()))
    ]
    if missing:
        return [
            faulty(
                "static files", f"{', '.join(missing)} missing in static/vendor", "python3 bin/setup.py run"
            )
        ]
    return [well("static files", "htmx and fonts are there")]


def _from_outside(settings: Settings) -> list[Finding]:
    """The public address asked as a browser would, from here: name, proxy, certificate and host header in one go."""
    name, address = "reached", f"{settings.public_url}/healthz"
    try:
        with urlopen(Request(address, headers={"User-Agent": "palier doctor"}), timeout=5) as answer:  # noqa: S310  (http or https: read_settings)
            return [well(name, f"{address} answers {answer.status}")]
    except HTTPError as error:
        todo = (
            "The proxy has to pass the Host header on as it came"
            if error.code == 400
            else "Ask the proxy's log"
        )
        return [faulty(name, f"{address} answers {error.code}", todo)]
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        if not settings.production:
            return [
                doubtful(
                    name, f"{address}: {reason}", "Nothing serves here now: `palier serve` or `make run`"
                )
            ]
        return [
            faulty(
                name,
                f"{address}: {reason}",
                "Is web running, does the name lead here, is the certificate good?",
            )
        ]
