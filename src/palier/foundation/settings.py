"""Every setting of Palier, read once from the environment. docs/settings.md describes them for operators."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from palier.foundation.secret_file import development_secret

ROOT = Path(__file__).resolve().parents[3]
"""The clone: templates, static files, questionnaires and migrations are found from here."""

_SHORTEST_SECRET = 32
_SHORTEST_TOKEN = 16
_FEWEST_CHARACTERS = 10
"""Different ones: 32 random hexadecimal digits nearly always have more, and an example seldom has."""


class SettingError(ValueError):
    """A setting is missing or cannot be read; the message names it and says what would do."""


class Environment(StrEnum):
    """Where the product runs: on somebody's machine, or for others."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says; `VARIABLES` names each field's variables. Printing it shows no password."""

    environment: Environment
    data_directory: Path
    database_url: str | None = field(repr=False)
    database_url_web: str | None = field(repr=False)
    database_url_backup: str | None = field(repr=False)
    postgres_binaries: Path | None
    host: str
    port: int
    public_url: str
    web_processes: int
    secret: str = field(repr=False)
    former_secrets: tuple[str, ...] = field(repr=False)
    forwarded_allow_ips: tuple[str, ...]
    smtp_url: str | None = field(repr=False)
    scanner: str | None
    files_url: str | None
    files_endpoint: str | None
    files_region: str
    files_key_id: str | None
    files_secret: str | None = field(repr=False)
    files_path_style: bool
    files_room: int
    outbound_allow: tuple[str, ...]
    name_server: str | None
    mail_from: str
    contact: str
    publisher: str
    hosting: str
    billing: bool
    offers_file: Path
    stripe_key: str | None = field(repr=False)
    stripe_webhook_secrets: tuple[str, ...] = field(repr=False)
    stripe_api: str | None
    stripe_tax: bool
    seller_name: str
    seller_address: str
    seller_siret: str
    seller_vat: str
    seller_iban: str
    seller_bic: str
    backup_to: Path | None
    backup_keep: int
    backup_recipients: tuple[str, ...]
    metrics_token: str | None = field(repr=False)
    log_as_json: bool
    access_log: bool
    slow_query: float
    traces: bool
    traces_off: bool
    service_name: str

    @property
    def production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def secure(self) -> bool:
        """Whether browsers reach Palier by https."""
        return self.public_url.startswith("https://")

    @property
    def secrets(self) -> tuple[str, ...]:
        """What opens what is sealed at rest; the first seals."""
        return (self.secret, *self.former_secrets)

    @property
    def embedded(self) -> bool:
        """Whether Palier starts its own PostgreSQL, because no address of one was given."""
        return self.database_url is None


VARIABLES: dict[str, tuple[str, ...]] = {
    "environment": ("PALIER_ENVIRONMENT",),
    "data_directory": ("PALIER_DATA_DIR",),
    "database_url": ("PALIER_DATABASE_URL", "DATABASE_URL"),
    "database_url_web": ("PALIER_DATABASE_URL_WEB",),
    "database_url_backup": ("PALIER_DATABASE_URL_BACKUP",),
    "postgres_binaries": ("PALIER_POSTGRES_BIN",),
    "host": ("PALIER_HOST",),
    "port": ("PALIER_PORT", "PORT"),
    "public_url": ("PALIER_PUBLIC_URL",),
    "web_processes": ("WEB_CONCURRENCY",),
    "secret": ("PALIER_SECRET",),
    "former_secrets": ("PALIER_FORMER_SECRETS",),
    "forwarded_allow_ips": ("PALIER_FORWARDED_ALLOW_IPS",),
    "smtp_url": ("PALIER_SMTP_URL",),
    "scanner": ("PALIER_SCANNER",),
    "files_url": ("PALIER_FILES_URL",),
    "files_endpoint": ("PALIER_FILES_ENDPOINT",),
    "files_region": ("PALIER_FILES_REGION",),
    "files_key_id": ("PALIER_FILES_KEY_ID",),
    "files_secret": ("PALIER_FILES_SECRET",),
    "files_path_style": ("PALIER_FILES_PATH_STYLE",),
    "files_room": ("PALIER_FILES_ROOM",),
    "outbound_allow": ("PALIER_OUTBOUND_ALLOW",),
    "name_server": ("PALIER_DNS",),
    "mail_from": ("PALIER_MAIL_FROM",),
    "contact": ("PALIER_CONTACT",),
    "publisher": ("PALIER_PUBLISHER",),
    "hosting": ("PALIER_HOSTING",),
    "billing": ("PALIER_BILLING",),
    "offers_file": ("PALIER_OFFERS",),
    "stripe_key": ("PALIER_STRIPE_KEY",),
    "stripe_webhook_secrets": ("PALIER_STRIPE_WEBHOOK_SECRETS",),
    "stripe_api": ("PALIER_STRIPE_API",),
    "stripe_tax": ("PALIER_STRIPE_TAX",),
    "seller_name": ("PALIER_SELLER_NAME",),
    "seller_address": ("PALIER_SELLER_ADDRESS",),
    "seller_siret": ("PALIER_SELLER_SIRET",),
    "seller_vat": ("PALIER_SELLER_VAT",),
    "seller_iban": ("PALIER_SELLER_IBAN",),
    "seller_bic": ("PALIER_SELLER_BIC",),
    "backup_to": ("PALIER_BACKUP_TO",),
    "backup_keep": ("PALIER_BACKUP_KEEP",),
    "backup_recipients": ("PALIER_BACKUP_RECIPIENTS",),
    "metrics_token": ("PALIER_METRICS_TOKEN",),
    "log_as_json": ("PALIER_LOG",),
    "access_log": ("PALIER_ACCESS_LOG",),
    "slow_query": ("PALIER_SLOW_QUERY_MS",),
    "traces": ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    "traces_off": ("OTEL_SDK_DISABLED",),
    "service_name": ("OTEL_SERVICE_NAME",),
}
"""For each field the variables that set it; the first that is not empty wins."""


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that an environment describes, with the defaults of docs/settings.md.

    Creates the data directory's secret in development. Raises SettingError, naming the variable.
    """

    def given(name: str) -> str | None:
        return next((environ[variable] for variable in VARIABLES[name] if environ.get(variable)), None)

    environment = _environment(given("environment"))
    data_directory = Path(given("data_directory") or ROOT / "var").expanduser().absolute()
    host = given("host") or "127.0.0.1"
    port = _number("port", given("port") or "8000", 1, 65535)
    binaries = given("postgres_binaries")
    mail_from = given("mail_from") or "Palier <palier@localhost>"
    return Settings(
        environment=environment,
        data_directory=data_directory,
        database_url=given("database_url"),
        database_url_web=given("database_url_web"),
        database_url_backup=given("database_url_backup"),
        postgres_binaries=Path(binaries).expanduser().absolute() if binaries else None,
        host=host,
        port=port,
        public_url=_public_url(given("public_url"), host, port),
        web_processes=_number("web_processes", given("web_processes") or "1", 1, 64),
        secret=_secret(given("secret"), environment, data_directory),
        former_secrets=tuple(_list(given("former_secrets"))),
        forwarded_allow_ips=_addresses(given("forwarded_allow_ips")),
        smtp_url=_smtp_url(given("smtp_url")),
        scanner=_scanner(given("scanner")),
        files_url=_files_url(given("files_url"), given("files_key_id"), given("files_secret")),
        files_endpoint=_files_endpoint(given("files_endpoint")),
        files_region=given("files_region") or "us-east-1",
        files_key_id=given("files_key_id"),
        files_secret=given("files_secret"),
        files_path_style=_yes_or_no("files_path_style", given("files_path_style") or "yes"),
        files_room=_number("files_room", given("files_room") or "2000", 1, 10_000_000) * 1_000_000,
        outbound_allow=_outbound_allow(given("outbound_allow"), environment),
        name_server=_name_server(given("name_server")),
        mail_from=mail_from,
        contact=given("contact") or parseaddr(mail_from)[1],
        publisher=given("publisher") or "",
        hosting=given("hosting") or "",
        billing=_yes_or_no("billing", given("billing") or ("yes" if given("stripe_key") else "no")),
        offers_file=Path(given("offers_file") or ROOT / "offers.yaml").expanduser().absolute(),
        stripe_key=_stripe_key(given("stripe_key"), given("stripe_webhook_secrets")),
        stripe_webhook_secrets=tuple(_list(given("stripe_webhook_secrets"))),
        stripe_api=_stripe_api(given("stripe_api"), environment),
        stripe_tax=_yes_or_no("stripe_tax", given("stripe_tax") or "no"),
        seller_name=given("seller_name") or "",
        seller_address=given("seller_address") or "",
        seller_siret=given("seller_siret") or "",
        seller_vat=given("seller_vat") or "",
        seller_iban=given("seller_iban") or "",
        seller_bic=given("seller_bic") or "",
        backup_to=_folder(given("backup_to")),
        backup_keep=_number("backup_keep", given("backup_keep") or "14", 1, 10_000),
        backup_recipients=_recipients(given("backup_recipients")),
        metrics_token=_metrics_token(given("metrics_token")),
        log_as_json=_log_as_json(given("log_as_json"), environment),
        access_log=_yes_or_no("access_log", given("access_log") or "no"),
        slow_query=_number("slow_query", given("slow_query") or "500", 0, 60_000) / 1000,
        traces=(given("traces") or "none") != "none",
        traces_off=(given("traces_off") or "").lower() == "true",
        service_name=given("service_name") or "palier",
    )


def _environment(value: str | None) -> Environment:
    try:
        return Environment(value or "development")
    except ValueError:
        raise SettingError(f"PALIER_ENVIRONMENT is {value!r}: development or production") from None


def _number(name: str, value: str, lowest: int, highest: int) -> int:
    if not value.isdecimal() or not lowest <= int(value) <= highest:
        raise SettingError(f"{VARIABLES[name][0]} is {value!r}: a whole number from {lowest} to {highest}")
    return int(value)


def _folder(value: str | None) -> Path | None:
    return Path(value).expanduser().absolute() if value else None


def _recipients(value: str | None) -> tuple[str, ...]:
    """Public keys of age, never the secret ones: whoever takes backups need not be able to read them."""
    if any(not one.startswith("age1") for one in _list(value)):
        raise SettingError(
            "PALIER_BACKUP_RECIPIENTS holds what is no public key of age: each begins with age1"
        )
    return tuple(_list(value))


def _metrics_token(value: str | None) -> str | None:
    if value is not None and len(value) < _SHORTEST_TOKEN:
        raise SettingError(f"PALIER_METRICS_TOKEN is too short: at least {_SHORTEST_TOKEN} characters")
    return value


def _log_as_json(value: str | None, environment: Environment) -> bool:
    if value not in (None, "json", "text"):
        raise SettingError(f"PALIER_LOG is {value!r}: json or text")
    return environment is Environment.PRODUCTION if value is None else value == "json"


def _list(value: str | None) -> list[str]:
    return [part.strip() for part in (value or "").split(",") if part.strip()]


def _addresses(value: str | None) -> tuple[str, ...]:
    """Addresses or networks of the routers in front of us, none by default: X-Forwarded-For is anybody's to write."""
    for part in _list(value):
        try:
            ip_network(part)
        except ValueError:
            raise SettingError(
                f"PALIER_FORWARDED_ALLOW_IPS holds {part!r}: addresses or networks such as 10.0.0.0/8, with commas between"
            ) from None
    return tuple(_list(value))


def _public_url(value: str | None, host: str, port: int) -> str:
    if value is None:
        everywhere = host in ("0.0.0.0", "::")  # noqa: S104  (compared, not bound)
        return f"http://{'127.0.0.1' if everywhere else host}:{port}"
    if not value.startswith(("http://", "https://")):
        raise SettingError(f"PALIER_PUBLIC_URL is {value!r}: it starts with https:// or http://")
    return value.rstrip("/")


def _smtp_url(value: str | None) -> str | None:
    if value is not None and not value.startswith(("smtp://", "smtps://")):
        raise SettingError("PALIER_SMTP_URL starts with smtp:// or smtps://")
    return value


def _scanner(value: str | None) -> str | None:
    place = urlsplit(value or "clamd://unset")
    if place.scheme != "clamd" or not (place.hostname or place.path.startswith("/")):
        raise SettingError(f"PALIER_SCANNER is {value!r}: clamd://host:3310 or clamd:/path/of/socket")
    return value


def _files_url(value: str | None, key_id: str | None, secret: str | None) -> str | None:
    """Whether the bytes of files go to a bucket: then with its keys, all given. None: the data directory keeps them."""
    if value is None:
        return None
    place = urlsplit(value)
    if place.scheme != "s3" or not place.hostname or place.query or place.username:
        raise SettingError(f"PALIER_FILES_URL is {value!r}: s3://bucket or s3://bucket/prefix")
    for name, text in (("files_key_id", key_id), ("files_secret", secret)):
        if not text:
            raise SettingError(
                f"{VARIABLES[name][0]} is missing: PALIER_FILES_URL names a bucket, which needs it"
            )
    return value.rstrip("/")


def _files_endpoint(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise SettingError(f"PALIER_FILES_ENDPOINT is {value!r}: it starts with https:// or http://")
    return value.rstrip("/") if value else None


def _yes_or_no(name: str, value: str) -> bool:
    if value not in ("yes", "no"):
        raise SettingError(f"{VARIABLES[name][0]} is {value!r}: yes or no")
    return value == "yes"


def _outbound_allow(value: str | None, environment: Environment) -> tuple[str, ...]:
    """Hosts that requests may reach although they are not public: for tests and trials on one machine only."""
    if value and environment is Environment.PRODUCTION:
        raise SettingError("PALIER_OUTBOUND_ALLOW is for tests: production reaches public addresses only")
    return tuple(host.strip() for host in (value or "").split(",") if host.strip())


def _name_server(value: str | None) -> str | None:
    """The resolver that is asked for the records of domains, `host` or `host:port`; None: the machine's own."""
    if value is not None and not urlsplit(f"//{value}").hostname:
        raise SettingError(
            f"PALIER_DNS is {value!r}: an IP address, or an address and port such as 127.0.0.1:53"
        )
    return value


def _stripe_key(value: str | None, webhook_secrets: str | None) -> str | None:
    if value is None:
        return None
    if not value.startswith(("sk_", "rk_")):
        raise SettingError(
            "PALIER_STRIPE_KEY starts with sk_ or rk_: the secret key, never the publishable one"
        )
    if not _list(webhook_secrets):
        raise SettingError(
            "PALIER_STRIPE_WEBHOOK_SECRETS is missing: without one, Stripe's events are refused"
        )
    return value


def _stripe_api(value: str | None, environment: Environment) -> str | None:
    """Another address than Stripe's own, for tests and trials only."""
    if value and environment is Environment.PRODUCTION:
        raise SettingError("PALIER_STRIPE_API is for tests: production calls Stripe itself")
    return value.rstrip("/") if value else None


def _secret(value: str | None, environment: Environment, data_directory: Path) -> str:
    if value is None and environment is Environment.PRODUCTION:
        raise SettingError("PALIER_SECRET is missing: production needs one, at least 32 characters long")
    if value is None:
        return development_secret(data_directory / "secret")
    if len(value) < _SHORTEST_SECRET:
        raise SettingError("PALIER_SECRET is too short: at least 32 characters")
    if environment is Environment.PRODUCTION and _is_no_secret(value):
        raise SettingError("PALIER_SECRET can be guessed: make one with `openssl rand -base64 48`")
    return value


def _is_no_secret(value: str) -> bool:
    """Whether `value` repeats itself or uses few characters: an example somebody left standing."""
    return len(set(value)) < _FEWEST_CHARACTERS or value in (value + value)[1:-1]
