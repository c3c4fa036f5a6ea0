"""What is typed by somebody who means harm, and how its effect is known: in HTML, in text, in tables."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import count

import openpyxl
from httpx import Response

from tests.browser.reading import Reading, local
from tests.security.forms import Form

LEADS = ("=", "+", "-", "@")
SUM, PRODUCT = "7*7191", "50337"
"""What a template that is fed words would make of them."""
SHORT = "\"'><xssmark onxssmark=1>"
LONG = (
    "cmd|'/c calc'!A1 \"'><xssmark onxssmark=1></textarea></title></style></script></option></select>"
    "<img src=x onerror=xssmark()><svg onload=xssmark()><a href=javascript:xssmark()>xss</a><iframe srcdoc='<script>xssmark()</script>'></iframe>"
    f"{{{{{SUM}}}}}${{{SUM}}}#{{{SUM}}}<%={SUM}%>{{%if 1%}}%(name)s%s%d{{0.__class__}}{{person}} --><!-- ]]> ';xssmark();// \\u003cxssmark\\u003e &lt;xssmark&gt; \u202e"
)
EXTRA = {
    "role": "owner", "is_staff": "1", "staff": "1", "organisation_id": "", "tenant_id": "", "person_id": "", "network_id": "", "id": "", "score": "98.7654",
    "points": "98.7654", "plan_id": "", "created_at": "1999-09-09T09:09:09Z", "submitted_at": "1999-09-09T09:09:09Z", "email_confirmed_at": "1999-09-09", "verified_at": "1999-09-09",
    "sandbox": "0", "fictive": "0", "k": "1", "created_by": "", "password_hash": "mass-assigned", "fingerprint": "mass-assigned", "slug": "mass-assigned",
}  # fmt: skip
"""What no form of ours asks and columns of ours are called; empty ones get an id that would be seen anywhere."""
SENTINEL = "deadbeef-dead-4ead-beef-deadbeefdead"
_SERIAL = count(1000)


def poisoned(form: Form) -> dict[str, str]:
    """What the form sends with every text field poisoned, and with fields nobody asked for."""
    fields = dict(form.fields)
    for name in form.texts:
        lead = LEADS[next(_SERIAL) % len(LEADS)]
        if (
            name in ("email", "_csrf_token", "op")
            or "password" in name
            or re.fullmatch(r".*-(day|month|year)", name)
        ):
            continue
        fields[name] = f"{lead}{LONG}" if len(name) % 3 else f"{lead}{SHORT}"
    strange = {name: value or SENTINEL for name, value in EXTRA.items() if name not in fields}
    return fields | strange


def relented(form: Form, fields: dict[str, str], refused: set[str], turn: int) -> dict[str, str]:
    """The form sent again with the fields it found fault with put differently: shorter first, then as chosen, then plain."""
    milder = dict(fields)
    for name in refused & set(form.fields) | (refused & set(form.choices)):
        poison = "xssmark" in fields.get(name, "")
        if poison and len(fields[name]) > len(SHORT) + 1:
            milder[name] = fields[name][:1] + SHORT
        elif name in form.choices:
            milder[name] = form.choices[name]
        else:
            milder[name] = form.fields.get(name) or ("Poison" if turn < 3 else "")
    return milder


def broken_out(html: str) -> Iterator[str]:
    """Where words became markup, by a real parser of HTML."""
    for element in Reading.of(html).elements():
        name = local(element)
        if name == "xssmark" or (name == "iframe" and "srcdoc" in element.attrib):
            yield f"<{name}>"
        if name == "script" and "xssmark" in "".join(element.itertext()):
            yield "a script"
        for attribute, value in element.attrib.items():
            key = attribute.rpartition("}")[2].lower()
            if key.startswith("on") or key == "srcdoc":
                yield f"<{name} {key}>"
            if key in ("href", "src", "action", "formaction", "data", "hx-get", "hx-post") and re.match(
                r"\s*(javascript|vbscript|data:text)", value, re.IGNORECASE
            ):
                yield f"<{name} {key}={value[:40]}>"


def evaluated(text: str) -> Iterator[str]:
    """Where words were read as a template or a format."""
    for sign in (PRODUCT, "<class &#39;", "<class '", "&lt;class"):
        if sign in text:
            yield sign


def formulas(answer: Response) -> Iterator[str]:
    """The cells of a table that a spreadsheet would compute."""
    kind = answer.headers.get("content-type", "")
    if "csv" in kind:
        yield from _formulas_of_csv(answer.content.decode("utf-8-sig"))
    elif "spreadsheet" in kind:
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                yield from (f"{sheet.title}!{cell.coordinate}" for cell in row if cell.data_type == "f")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            yield from (
                name for name in package.namelist() if "external" in name.lower() or "vba" in name.lower()
            )


def _formulas_of_csv(text: str) -> Iterator[str]:
    """Numbers may begin with a sign; nothing else may begin with what starts a formula (OWASP, CSV injection)."""
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    for line in csv.reader(io.StringIO(text), delimiter=delimiter):
        for cell in line:
            number = re.fullmatch(r"[-+\u2212]?[\d\s\u00a0\u202f.,]+%?", cell)
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not number:
                yield cell[:60]
            if cell.lstrip()[:1] == "=":
                yield cell[:60]


def whole(answer: Response) -> Iterator[str]:
    """JSON that is not what it says."""
    if "json" in answer.headers.get("content-type", ""):
        try:
            json.loads(answer.text)
        except ValueError as error:
            yield str(error)
