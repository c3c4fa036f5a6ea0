"""What an account may be: addresses, passwords, how often one may try; and at what hours people are written to."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
"""Characters. Twelve is what ANSSI and OWASP ask where there is no second factor; 128 bounds the work of hashing."""

ATTEMPTS, WINDOW = 10, timedelta(minutes=5)
"""Failed tries an address, a browser or a kind of act has in a sliding window. Refused tries do not count: nobody is
locked out for ever."""

ACCOUNT_ATTEMPTS = 30
"""Failed tries on one account from all unknown browsers together, in the same window: more than one address has, so
that no single attacker can use up the owner's."""

ALL_ATTEMPTS = 1000
"""Failed tries from all unknown browsers of the world together, in the same window."""

FACTOR_ATTEMPTS, FACTOR_ATTEMPTS_A_DAY = 5, 50
"""Wrong codes of an app in the window, and in a day: a guess has one chance in 333,000, for three codes are good."""

CONFIRM_WITHIN, RESET_WITHIN, SIGN_IN_WITHIN = (
    timedelta(hours=24),
    timedelta(minutes=30),
    timedelta(minutes=15),
)
"""How long the links we mail can be used."""

STEP_WITHIN, CHALLENGE_WITHIN = timedelta(minutes=10), timedelta(minutes=5)
"""How long one may take between the password and the second factor, and over a passkey."""

MOST_PASSKEYS, LONGEST_PASSKEY_NAME = 20, 60

LETTERS_FROM = time(7)
"""Nobody is reminded of anything before, where they live."""

LETTERS_UNTIL = timedelta(days=2)
"""A reminder missed because nothing ran that day still leaves within so many days."""

IDLE, LIFETIME = timedelta(hours=12), timedelta(days=30)
"""A session left alone so long is over, and no session lasts longer (`whoami` in SQL says the same)."""

FRESH = timedelta(minutes=15)
"""How long a proof of who one is covers sensitive acts."""

_ADDRESS = re.compile(
    r"[^@\s<>\"(),:;\[\]\\]{1,64}@[^@\s<>\"(),:;\[\]\\]{1,189}\.[^@\s<>\"(),:;\[\]\\.]{2,63}"
)


class Method(StrEnum):
    """How a session began."""

    PASSWORD = "password"  # noqa: S105 - a name, not a secret
    LINK = "link"
    """One mailed to the person's address: to sign in, or an invitation."""
    PASSKEY = "passkey"
    PROVIDER = "provider"
    """The organisation's own identity provider."""
    DEMONSTRATION = "demonstration"
    """A visitor's throw-away copy: nobody proved anything."""


class PasswordFault(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    GUESSABLE = "guessable"


class Theme(StrEnum):
    """How pages look; `auto` follows the device."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


def is_fresh(proved_at: datetime | None, at: datetime) -> bool:
    """Whether a proof given then still covers sensitive acts."""
    return proved_at is not None and at - proved_at <= FRESH


def normalised_email(text: str) -> str:
    """An address as it is stored and compared: without blanks around it, in lower case."""
    return unicodedata.normalize("NFC", text.strip()).lower()


def is_email(text: str) -> bool:
    """Whether `text` looks like one address; only a mail that arrives proves it."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None and not any(ord(c) < 32 for c in text)


def normalised_password(text: str) -> str:
    """A password as it is hashed: NFC, so that é typed on a Mac equals é typed on a phone."""
    return unicodedata.normalize("NFC", text)


def length_fault(password: str) -> PasswordFault | None:
    """Whether the length alone refuses `password`. No rule on kinds of characters: length is what counts."""
    if len(password) < SHORTEST_PASSWORD:
        return PasswordFault.SHORT
    return PasswordFault.LONG if len(password) > LONGEST_PASSWORD else None


def origin(address: str) -> str:
    """Who is behind a network address, as far as one can tell: an IPv4 address, or the /64 an IPv6 subscriber is given."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return ":".join(parsed.exploded.split(":")[:4])


TIME_ZONES = (
    "Europe/Paris", "Europe/Brussels", "Europe/Luxembourg", "Europe/Zurich", "Europe/Berlin", "Europe/London",
    "Europe/Dublin", "Europe/Madrid", "Europe/Lisbon", "Europe/Rome", "Europe/Amsterdam", "Europe/Vienna",
    "Europe/Athens", "Europe/Bucharest", "Europe/Warsaw", "Europe/Stockholm", "Europe/Helsinki", "Africa/Casablanca",
    "Africa/Algiers", "Africa/Tunis", "Africa/Dakar", "Africa/Abidjan", "America/Cayenne", "America/Guadeloupe",
    "America/Martinique", "America/Miquelon", "America/Montreal", "America/New_York", "Indian/Mayotte",
    "Indian/Reunion", "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Wallis", "UTC",
)  # fmt: skip
"""Where people who use Palier live: the countries of `network`, the French overseas territories, their neighbours."""

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """What a browser calls itself, for the list of sessions: "Firefox, Linux"; empty when it says nothing we know."""
    found = [
        next((name for mark, name in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in found if name)


def is_awake(local: datetime) -> bool:
    """Whether reminders may leave at this time of the reader's day."""
    return local.time() >= LETTERS_FROM


def still_leaves(day: date, today: date) -> bool:
    """Whether a reminder due on `day` is sent `today`: on that day, or as soon as what stopped runs again."""
    return day <= today <= day + LETTERS_UNTIL
