"""How Stripe says no: a status, a type, a code, a sentence, and the parameter it is about."""

from typing import Any


class Refusal(Exception):
    """An answer that is an error, as Stripe words it."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.more = status, kind, message, more

    def body(self) -> dict[str, Any]:
        return {"error": {"type": self.kind, "message": self.message, **self.more}}


def bad_request(message: str, code: str | None = None, param: str | None = None) -> Refusal:
    more = {key: value for key, value in (("code", code), ("param", param)) if value}
    return Refusal(400, "invalid_request_error", message, **more)


def unknown_parameter(name: str) -> Refusal:
    return bad_request(f"Received unknown parameter: {name}", "parameter_unknown", name)


def missing_parameter(name: str) -> Refusal:
    return bad_request(f"Missing required param: {name}.", "parameter_missing", name)


def no_such(what: str, ident: str, param: str = "id") -> Refusal:
    """
    404 for what the address names, 400 for what a parameter names.
    """
    status = 404 if param == "id" else 400
    return Refusal(
        status, "invalid_request_error", f"No such {what}: '{ident}'", code="resource_missing", param=param
    )


def declined(decline: str = "generic_decline", code: str = "card_declined", **more: Any) -> Refusal:
    return Refusal(402, "card_error", "Your card was declined.", code=code, decline_code=decline, **more)
