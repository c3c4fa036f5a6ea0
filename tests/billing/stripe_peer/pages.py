"""The pages Stripe shows on its own sites: paying, the bank's question, the portal, an invoice. Plain forms, drivable by a browser."""

import re
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import httpx

from tests.billing.stripe_peer import charging, checkout, portal
from tests.billing.stripe_peer.calls import only
from tests.billing.stripe_peer.refusals import Refusal
from tests.billing.stripe_peer.world import Thing, World

Answer = tuple[int, str, bytes, dict[str, str]]
Page = Callable[..., Answer]
PAGES: list[tuple[str, str, Page]] = []

SHAPE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:16px/1.5 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}}
label,input,button{{display:block;margin:.4rem 0}}input{{font:inherit;width:100%;padding:.4rem}}[role=alert]{{color:#b00020}}</style></head>
<body><main><p>Test Stripe: no money moves here.</p><h1>{title}</h1>{body}</main></body></html>"""


def at(method: str, pattern: str) -> Callable[[Page], Page]:
    def register(page: Page) -> Page:
        PAGES.append((method, pattern, page))
        return page

    return register


def answer_page(world: World, request: httpx.Request) -> Answer:
    """The page at an address, or 404."""
    form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    for method, pattern, page in PAGES:
        match = re.fullmatch(pattern, request.url.path)
        if match and method == request.method:
            try:
                return page(world, form, *match.groups())
            except Refusal as refusal:
                return _html("Not possible", f"<p role=alert>{escape(refusal.message)}</p>", refusal.status)
    return _html("Nothing here", "<p>No such page.</p>", 404)


def _html(title: str, body: str, status: int = 200) -> Answer:
    return status, "text/html; charset=utf-8", SHAPE.format(title=escape(title), body=body).encode(), {}


def _go(address: str) -> Answer:
    return 303, "text/plain", b"", {"location": address}


def _field(name: str, label: str, value: str = "") -> str:
    return f'<label for="{name}">{label}</label><input id="{name}" name="{name}" value="{escape(value)}">'


def _button(label: str, do: str) -> str:
    return f'<button name="do" value="{do}">{label}</button>'


def _euros(cents: int) -> str:
    return f"€{cents // 100:,}.{cents % 100:02}"


# --- checkout -------------------------------------------------------------------------------------------------------


@at("GET", r"/c/pay/(cs_\w+)")
def pay_page(world: World, form: dict[str, str], ident: str, problem: str = "") -> Answer:
    session = world.get("checkout.session", ident)
    if session["status"] != "open":
        return _html("This page has expired", "<p>The payment was made already, or its time is over.</p>", 410)  # fmt: skip
    alert = f"<p role=alert>{escape(problem)}</p>" if problem else ""
    return _html(f"Pay {_euros(session['amount_total'])}", alert + _pay_form(session), 402 if problem else 200)  # fmt: skip


def _pay_form(session: Thing) -> str:
    fields = [_field("email", "Email", session["customer_email"] or ""), _field("name", "Name")]
    if "card" in session["payment_method_types"]:
        fields += [_field("card", "Card number"), _field("expiry", "Expiry"), _field("cvc", "CVC")]
    if "sepa_debit" in session["payment_method_types"]:
        fields.append(_field("iban", "IBAN"))
    if session["automatic_tax"]["enabled"] or session["billing_address_collection"]:
        fields.append(_field("country", "Country", "FR"))
    if session["tax_id_collection"]["enabled"]:
        fields.append(_field("tax_id", "VAT number"))
    if session["allow_promotion_codes"]:
        fields += [_field("code", "Promotion code"), _button("Apply", "apply")]
    back = f'<p><a href="{escape(session["cancel_url"])}">Back</a></p>' if session["cancel_url"] else ""
    return f'<form method="post">{"".join(fields)}{_button("Subscribe", "pay")}</form>{back}'


@at("POST", r"/c/pay/(cs_\w+)")
def pay(world: World, form: dict[str, str], ident: str) -> Answer:
    session = world.get("checkout.session", ident)
    try:
        if form.get("do") == "apply":
            checkout.use_code(world, session, form.get("code", ""))
            return pay_page(world, {}, ident)
        return _paid(world, session, form)
    except Refusal as refusal:
        return pay_page(world, {}, ident, refusal.message)


def _paid(world: World, session: Thing, form: dict[str, str]) -> Answer:
    number = form.get("iban") or form.get("card") or ""
    told = {key: form[key] for key in ("name", "email", "country", "tax_id") if form.get(key)}
    try:
        if number:
            checkout.pay(world, session, number, confirmed=form.get("do") == "confirm", **told)
        else:
            checkout.begin_without_paying(world, session, **told)
    except Refusal as refusal:
        if refusal.more.get("code") != "authentication_required":
            raise
        return _bank(form)
    return _go(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))


def _bank(form: dict[str, str]) -> Answer:
    """3-D Secure: the holder's bank asks."""
    kept = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in form.items() if k != "do")  # fmt: skip
    buttons = _button("Complete", "confirm") + _button("Fail", "deny")
    return _html("3D Secure", f'<p>Your bank asks you to confirm.</p><form method="post">{kept}{buttons}</form>')  # fmt: skip


# --- invoices -------------------------------------------------------------------------------------------------------


@at("GET", r"/i/(in_\w+)")
def invoice_page(world: World, form: dict[str, str], ident: str) -> Answer:
    invoice = world.get("invoice", ident)
    due = f'<form method="post">{_button("Pay invoice", "pay")}{_button("Confirm with the bank", "confirm")}</form>'
    state = f"<p>{invoice['status']}, {_euros(invoice['total'])}</p>"
    link = f'<p><a href="/i/{ident}/pdf">Download invoice</a></p>'
    return _html(f"Invoice {invoice['number']}", state + link + (due if invoice["status"] == "open" else ""))


@at("POST", r"/i/(in_\w+)")
def pay_invoice(world: World, form: dict[str, str], ident: str) -> Answer:
    """With the method that stands at the customer or the subscription now."""
    invoice = world.get("invoice", ident)
    if form.get("do") == "confirm":
        world.confirmed.add(ident)
    if invoice["status"] == "open":
        charging.attempt(world, invoice)
    return _go(f"{world.base}/i/{ident}")


@at("GET", r"/i/(in_\w+)/pdf")
def invoice_pdf(world: World, form: dict[str, str], ident: str) -> Answer:
    return 200, "application/pdf", _pdf(f"Invoice {world.get('invoice', ident)['number']}"), {}


def _pdf(line: str) -> bytes:
    """A PDF of one line, written by hand: enough for a reader to open it."""
    text = f"BT /F1 18 Tf 72 760 Td ({line}) Tj ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return f"{out}xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()


# --- portal ---------------------------------------------------------------------------------------------------------


@at("GET", r"/p/session/(bps_\w+)")
def portal_page(world: World, form: dict[str, str], ident: str, problem: str = "") -> Answer:
    session = world.get("billing_portal.session", ident)
    alert = f"<p role=alert>{escape(problem)}</p>" if problem else ""
    back = f'<p><a href="{escape(session["return_url"])}">Return</a></p>' if session["return_url"] else ""
    body = alert + _portal_forms(world, session) + _history(world, session) + back
    return _html("Your billing", body, 402 if problem else 200)


def _portal_forms(world: World, session: Thing) -> str:
    forms = []
    if portal.allows(world, session, "payment_method_update"):
        forms.append(_field("card", "Card number or IBAN") + _button("Save payment method", "method"))
    if portal.allows(world, session, "subscription_cancel"):
        for row in portal.running(world, session):
            do = ("Keep", "keep") if row["cancel_at_period_end"] else ("Cancel", "cancel")
            hidden = f'<input type="hidden" name="subscription" value="{row["id"]}">'
            forms.append(hidden + _button(f"{do[0]} subscription", do[1]))
    return "".join(f'<form method="post">{form}</form>' for form in forms)


def _history(world: World, session: Thing) -> str:
    if not portal.allows(world, session, "invoice_history"):
        return ""
    rows = only(world.of("invoice"), session, "customer")
    lines = [f'<li><a href="/i/{row["id"]}">{row["number"]}</a> {row["status"]}</li>' for row in rows if row["number"]]  # fmt: skip
    return f"<h2>Invoices</h2><ul>{''.join(lines)}</ul>"


@at("POST", r"/p/session/(bps_\w+)")
def use_portal(world: World, form: dict[str, str], ident: str) -> Answer:
    session: dict[str, Any] = world.get("billing_portal.session", ident)
    try:
        if form.get("do") == "method":
            portal.replace_method(world, session, form.get("card", ""))
        if form.get("do") in ("cancel", "keep"):
            portal.cancel(world, session, form["subscription"], undo=form["do"] == "keep")
    except Refusal as refusal:
        return portal_page(world, {}, ident, refusal.message)
    return _go(f"{world.base}/p/session/{ident}")
