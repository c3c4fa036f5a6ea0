"""What can be said of settings and figures by looking at them alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from palier.foundation.backup_note import BackupNote
from palier.foundation.settings import Settings
from palier.upkeep.rules.verdicts import Finding, doubtful, faulty, well

LEAST_ROOM, LITTLE_ROOM = 500_000_000, 2_000_000_000
"""Bytes: below the first nothing should be written any more, below the second somebody should look."""

OLD_BACKUP, TOO_OLD_BACKUP = timedelta(hours=26), timedelta(days=3)
DRIFT, TOO_MUCH_DRIFT = 2.0, 60.0
"""Seconds between our clock and the database's: links and codes end by one, rows are dated by the other."""

_LOCAL = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "")  # noqa: S104  (compared, not bound)


def of_settings(settings: Settings) -> Iterator[Finding]:
    """Everything that needs no look at the world."""
    yield public_address(settings)
    yield secret(settings)
    yield forwarding(settings)
    yield sender(settings)
    yield imprint(settings)
    if settings.stripe_key:
        yield selling(settings)


def public_address(settings: Settings) -> Finding:
    """The address people type: https in production, nothing behind the host."""
    name, place = "public address", urlsplit(settings.public_url)
    if place.path or place.query:
        return faulty(
            name,
            f"PALIER_PUBLIC_URL is {settings.public_url}",
            "It ends with the host: Palier answers at the root of its own name",
        )
    if not settings.production:
        return well(name, f"{settings.public_url} (development: any host name is answered)")
    if place.hostname in _LOCAL:
        return faulty(
            name,
            f"{settings.public_url} is this machine alone",
            "Set PALIER_PUBLIC_URL to what people type, https://…",
        )
    if not settings.secure:
        return faulty(
            name,
            f"{settings.public_url} is not https",
            "Cookies travel in the open: put a proxy that speaks TLS in front, PALIER_PUBLIC_URL=https://…",
        )
    return well(name, settings.public_url)


def secret(settings: Settings) -> Finding:
    """The installation's secret: long, its own, and few old ones beside it. Its text is never said."""
    name, length = "secret", len(settings.secret)
    if len(settings.former_secrets) > 2:
        return doubtful(
            name,
            f"{len(settings.former_secrets)} former secrets still open what is sealed",
            "Drop the oldest from PALIER_FORMER_SECRETS",
        )
    if settings.secret in settings.former_secrets:
        return doubtful(
            name,
            "PALIER_SECRET is among PALIER_FORMER_SECRETS",
            "Whatever made you replace it still holds: make a new one",
        )
    kind = "given by PALIER_SECRET" if settings.production else "good for development"
    return well(name, f"{length} characters, {kind}")


def forwarding(settings: Settings) -> Finding:
    """Whose word about visitors' addresses is taken."""
    name = "router"
    if "0.0.0.0/0" in settings.forwarded_allow_ips or "::/0" in settings.forwarded_allow_ips:
        return faulty(
            name,
            "X-Forwarded-For is believed from everybody",
            "Anybody can guess passwords under any address: name the router's own in PALIER_FORWARDED_ALLOW_IPS",
        )
    if settings.secure and not settings.forwarded_allow_ips:
        return doubtful(
            name,
            "no router is named, and https needs one in front",
            "Everybody shares its ten tries at signing in: name it in PALIER_FORWARDED_ALLOW_IPS",
        )
    return well(name, f"believed from {', '.join(settings.forwarded_allow_ips) or 'nobody'}")


def sender(settings: Settings) -> Finding:
    """The address letters come from."""
    name, address = "sender", parseaddr(settings.mail_from)[1]
    if settings.production and address.rpartition("@")[2] in ("localhost", ""):
        return faulty(
            name,
            f"letters come from {address or 'nobody'}",
            "No mail server takes that: set PALIER_MAIL_FROM",
        )
    return well(name, address)


def imprint(settings: Settings) -> Finding:
    """What the law wants a site to say of itself."""
    missing = [
        variable
        for variable, value in (
            ("PALIER_PUBLISHER", settings.publisher),
            ("PALIER_HOSTING", settings.hosting),
        )
        if not value
    ]
    if settings.production and missing:
        return doubtful(
            "legal notice",
            f"{' and '.join(missing)} not set",
            "The legal notice says that nobody is named: the law wants it",
        )
    return well("legal notice", "complete" if not missing else "not needed in development")


def selling(settings: Settings) -> Finding:
    """Whether the key of Stripe is of the world we are in, and its events can be proved."""
    name, live = "stripe key", "_live_" in (settings.stripe_key or "")[:9]
    if any(not one.startswith("whsec_") for one in settings.stripe_webhook_secrets):
        return faulty(
            name,
            "a webhook secret does not begin with whsec_",
            "Copy the signing secret of the endpoint, not its address or id",
        )
    if settings.production != live:
        mode = "a live" if live else "a test"
        return doubtful(
            name,
            f"{mode} key in {settings.environment.value}",
            "Use the key of the other mode, or know why not",
        )
    return well(name, "live" if live else "test")


def room(name: str, free: int, where: str) -> Finding:
    """Room left on a disk, in bytes."""
    said = f"{free / 1e9:.1f} GB free in {where}"
    if free < LEAST_ROOM:
        return faulty(name, said, "Make room: the database stops taking what people save when it is full")
    return doubtful(name, said, "Make room soon") if free < LITTLE_ROOM else well(name, said)


def clocks(ours: datetime, theirs: datetime) -> Finding:
    """Our clock beside the database's."""
    apart = abs((ours - theirs).total_seconds())
    said, todo = (
        f"{apart:.1f} s from the database's",
        "Let both machines follow a time server (chrony, systemd-timesyncd)",
    )
    if apart > TOO_MUCH_DRIFT:
        return faulty("clock", said, todo)
    return doubtful("clock", said, todo) if apart > DRIFT else well("clock", said)


def backups(settings: Settings, note: BackupNote | None, at: datetime) -> Finding:
    """The last backup that was verified."""
    name, todo = (
        "backups",
        "Run `palier backup`, or set PALIER_BACKUP_TO: the worker then makes one every night",
    )
    if note is None:
        return (faulty if settings.production else doubtful)(name, "none was ever made here", todo)
    age = at - note.made_at
    said = f"the last one shows {note.made_at:%Y-%m-%d %H:%M} UTC, {note.size / 1e6:.1f} MB{', encrypted' if note.encrypted else ''}"
    if age > TOO_OLD_BACKUP:
        return faulty(name, f"{said}: {age.days} days ago", todo)
    if note.absent:
        return doubtful(
            name, f"{said}, without {note.absent} files that are gone", "`palier backup` names them"
        )
    if settings.production and not note.encrypted:
        return doubtful(name, f"{said}, in the open", "Give a key: PALIER_BACKUP_RECIPIENTS=age1…")
    return doubtful(name, f"{said}: {age.days} days ago", todo) if age > OLD_BACKUP else well(name, said)


def hidden_in(settings: Settings) -> Iterator[str]:
    """Every secret the settings hold, as it may come back in somebody's message."""
    yield from (settings.secret, *settings.former_secrets, *settings.stripe_webhook_secrets)
    yield from filter(
        None, (settings.stripe_key, settings.files_secret, settings.files_key_id, settings.metrics_token)
    )
    for url in (
        settings.database_url,
        settings.database_url_web,
        settings.database_url_backup,
        settings.smtp_url,
    ):
        password = urlsplit(url or "").password
        if password:
            yield from (password, unquote(password))
