"""The mail outbox: written in the transaction that decides to write to somebody, sent by the worker."""

import asyncio
import os
import re
import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from jinja2 import TemplateNotFound

from palier.foundation import store, templates, watch
from palier.foundation.clock import now
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import Job, enqueue
from palier.foundation.language import current
from palier.foundation.settings import Settings

_LONGEST_NAME = 80
"""More than mail programs show."""

_TRIES, _TRIES_OF_TWO_DAYS = 8, 60


async def write(
    recipient: str, template: str, *, sender: str = "", refuse: str = "", **context: object
) -> None:
    """Put a message in the outbox, in the caller's transaction and in the language in use.

    `template` names `<room>/mails/<name>`: its first line is the subject, the rest the text; a template of the same
    name ending in `.html` is the text dressed up. `sender` is the name it is sent under, at our address; empty for
    ours. `refuse` is the page that ends letters of this kind, for those nobody has to get: mail programs show a
    button for it (RFC 8058), and the templates know it as `refuse`. An address under `.invalid` belongs to nobody
    (RFC 2606): nothing is written to it.
    """
    if recipient.endswith(".invalid"):
        return
    context |= {"refuse": refuse}
    subject, _, text = templates.render(f"{template}.txt", **context).lstrip().partition("\n")
    mail_id = new_id()
    await select(
        "insert into mail (id, kind, recipient, locale, subject, text, html, created_at, attempts, failure, sender, refuse) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $9, $10)",
        mail_id, template.rpartition("/")[2], recipient, current(), subject.strip()[:300], text.strip() + "\n",
        _html(template, context), now(), shown_name(sender), refuse,
    )  # fmt: skip
    await enqueue("mail.deliver", mail=mail_id)


def shown_name(name: str) -> str:
    """`name` as it may stand before our address: one line, no address, nothing encoded or turned around in it."""
    letters = ("" if unicodedata.category(one) in ("Cf", "Co", "Cs", "Cn") else one for one in name)
    plain = re.sub(r'[\x00-\x1f\x7f-\x9f\u2028\u2029<>@"\\]|=\?|\?=', " ", "".join(letters))
    return " ".join(plain.split())[:_LONGEST_NAME].strip()


def _html(template: str, context: dict[str, object]) -> str:
    try:
        return templates.render(f"{template}.html", **context)
    except TemplateNotFound:
        return ""


def delivery(settings: Settings) -> Job:
    """The job that sends one message: by SMTP when a server is set, else as an .eml file in the data directory."""

    async def deliver(mail: str) -> None:
        try:
            async with transaction(None):
                row = await store.Mail.filter(id=UUID(mail), sent_at=None).select_for_update().first()
                if row is None:
                    return  # sent already: the job ran twice
                await _send(settings, message_of(settings, row))
                await store.Mail.filter(id=row.id).update(
                    sent_at=now(), attempts=row.attempts + 1, failure=""
                )
            watch.count("mails", outcome="sent")
        except (aiosmtplib.SMTPException, OSError) as error:
            watch.count("mails", outcome="failed")
            await _note(UUID(mail), error)
            raise

    return Job("mail.deliver", deliver, attempts=_TRIES, tries=_tries)


def _tries(error: BaseException) -> int:
    """A server that is away, busy or does not let us in is asked for two days, as mail servers do; a refusal is soon believed."""
    told: list[BaseException] = getattr(error, "recipients", None) or [error]
    refused = all(getattr(one, "code", 0) >= 500 for one in told)
    return (
        _TRIES
        if refused and not isinstance(error, aiosmtplib.SMTPAuthenticationError)
        else _TRIES_OF_TWO_DAYS
    )


async def _note(mail_id: UUID, error: Exception) -> None:
    """Why a message did not leave: the kind of error and the server's number, never its words: they quote addresses."""
    code = getattr(error, "code", None)
    failure = f"{type(error).__name__} {code}" if code else type(error).__name__
    async with transaction(None):
        await select(
            "update mail set failure = $2, attempts = attempts + 1 where id = $1 and sent_at is null",
            mail_id,
            failure,
        )


def message_of(settings: Settings, row: store.Mail) -> EmailMessage:
    """A row of the outbox as it goes to the mail server."""
    message = EmailMessage()
    message["From"] = _from(settings.mail_from, row.sender)
    message["To"] = row.recipient
    message["Subject"] = re.sub(r"\s+", " ", row.subject)
    message["Date"] = format_datetime(row.created_at)
    # The same id on every try: a server that took the message before we heard so can tell a second copy.
    message["Message-ID"] = (
        f"<{row.id}@{parseaddr(settings.mail_from)[1].rpartition('@')[2] or make_msgid()}>"
    )
    message["Auto-Submitted"] = "auto-generated"
    if row.refuse:
        message["List-Unsubscribe"] = f"<{row.refuse}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    message["Content-Language"] = row.locale  # last: set_content drops every Content- header
    return message


def _from(ours: str, name: str) -> str | Address:
    """Our own address, under the name of whom we write for."""
    shown = shown_name(name)  # again: what stands in the table is not believed
    return Address(shown, addr_spec=parseaddr(ours)[1]) if shown else ours


UNREACHABLE = (aiosmtplib.SMTPException, OSError)
"""What `greet` raises."""


async def greet(settings: Settings) -> None:
    """Sign in at the mail server and leave again, sending nothing. Raises UNREACHABLE, in the server's words."""
    async with aiosmtplib.SMTP(**_server(settings.smtp_url or "", timeout=8)) as server:
        await server.noop()


async def _send(settings: Settings, message: EmailMessage) -> None:
    if settings.smtp_url is None:
        await asyncio.to_thread(_file, settings.data_directory / "mail", message)
        return
    await aiosmtplib.send(message, **_server(settings.smtp_url, timeout=20))


def _server(url: str, timeout: float) -> dict[str, Any]:
    server = urlsplit(url)
    return {
        "hostname": server.hostname, "port": server.port or (465 if server.scheme == "smtps" else 587),
        "username": unquote(server.username) if server.username else None,
        "password": unquote(server.password) if server.password else None,
        "use_tls": server.scheme == "smtps", "timeout": timeout,
    }  # fmt: skip


def _file(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w@.-]", "", str(message["Message-ID"]))
    draft = folder / f".{name}.part"
    with draft.open("wb") as file:
        file.write(bytes(message))
        file.flush()
        os.fsync(file.fileno())  # "sent" is about to be committed
    draft.rename(folder / f"{name}.eml")
