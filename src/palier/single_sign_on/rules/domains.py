"""Mail domains: which an organisation may call its own, and how long a proof lasts."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

PROVED_FOR, WARNED_BEFORE = timedelta(days=365), timedelta(days=30)
"""A proof lasts a year; owners are told so long before it ends."""

CODE_FOR = timedelta(hours=1)
"""How long a mailed code can be typed."""

MOST_DOMAINS = 30

KEEPERS = ("admin", "postmaster")
"""The mailboxes whose reader stands for a domain (CA/Browser Forum baseline requirements 3.2.2.4.4, the two most kept)."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

_PUBLIC = frozenset((
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "hotmail.be", "live.com",
    "live.fr", "msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "rocketmail.com", "aol.com", "icloud.com", "me.com",
    "mac.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr", "club-internet.fr", "laposte.net",
    "bbox.fr", "numericable.fr", "gmx.com", "gmx.fr", "gmx.de", "gmx.net", "web.de", "t-online.de", "mail.com",
    "proton.me", "protonmail.com", "protonmail.ch", "pm.me", "tutanota.com", "tuta.io", "zoho.com", "yandex.com",
    "mail.ru", "bluewin.ch", "skynet.be", "telenet.be", "proximus.be", "libero.it", "virgilio.it", "tiscali.it",
    "telefonica.net", "sapo.pt", "qq.com", "163.com", "naver.com", "fastmail.com", "hey.com", "mailo.com", "ik.me",
    "duck.com", "mailfence.com", "netcourrier.com", "alice.it", "btinternet.com", "sky.com", "comcast.net", "att.net",
    "verizon.net", "cox.net",
))  # fmt: skip


class Proof(StrEnum):
    """How a domain was proved."""

    NONE = "none"
    DNS = "dns"
    MAIL = "mail"


class DomainFault(StrEnum):
    """Why a domain is refused."""

    SHAPE = "shape"
    PUBLIC = "public"


def normalised_domain(text: str) -> str:
    """A domain as it is stored and compared, from what people type: "@Exemple.FR." becomes "exemple.fr".

    Letters beyond ASCII become their DNS spelling (xn--); what cannot be spelt stays, and is refused by its shape.
    """
    plain = text.strip().lower().rpartition("@")[2].strip(".")
    try:
        return plain.encode("idna").decode("ascii") if plain else ""
    except UnicodeError:
        return plain


def domain_fault(domain: str) -> DomainFault | None:
    """Whether `domain` (normalised) can be nobody's own."""
    labels = domain.split(".")
    shaped = len(labels) >= 2 and all(_LABEL.fullmatch(label) for label in labels) and len(domain) <= 190
    if not shaped or labels[-1].isdigit():
        return DomainFault.SHAPE
    return DomainFault.PUBLIC if domain in _PUBLIC else None


def domain_in(address: str) -> str:
    """The domain of a mail address, as it is compared."""
    return normalised_domain(address)


def record_name(domain: str) -> str:
    """Where the TXT record of the proof stands."""
    return f"_palier.{domain}"


def record_text(token: str) -> str:
    """What it says."""
    return f"palier-domain={token}"


def proved_until(moment: datetime) -> datetime:
    """When a proof made now ends."""
    return moment + PROVED_FOR
