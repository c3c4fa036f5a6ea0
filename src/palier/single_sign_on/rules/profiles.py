"""How providers differ from the letter of OpenID Connect: what is asked, how, and what their word is worth."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Preset(StrEnum):
    """The kinds of provider an owner chooses from."""

    GENERIC = "generic"
    ENTRA = "entra"
    PROCONNECT = "proconnect"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of provider wants and gives."""

    scope: str = "openid profile email"
    pkce: bool = True
    """RFC 7636 with S256. A provider that refuses parameters it does not know must be spared it."""
    secret_in_body: bool = False
    """`client_secret_post` instead of HTTP Basic."""
    may_prompt: bool = True
    """Whether `prompt=login` and `max_age=0` are understood; else people sign out there before they prove again."""
    vouches_for_mail: bool = False
    """Whether an address it gives is proved without saying so in `email_verified`."""
    second_factor: tuple[str, ...] = ()
    """Values of `acr` that mean two factors, asked for by the `claims` parameter."""


PROFILES = {
    Preset.GENERIC: Profile(),
    Preset.ENTRA: Profile(),
    # partenaires.proconnect.gouv.fr, "Implémentation technique": any further parameter is error Y000400; state and
    # nonce of 32 characters at least; the secret in the body; userinfo as a signed JWT; neither max_age nor PKCE.
    Preset.PROCONNECT: Profile(
        scope="openid given_name usual_name email uid siret idp_id", pkce=False, secret_in_body=True, may_prompt=False,
        vouches_for_mail=True,
        second_factor=(
            "eidas2", "eidas3", "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
            "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
        ),
    ),
}  # fmt: skip


def mail_is_proved(preset: Preset, claims: dict[str, Any]) -> bool:
    """Whether the provider stands for the address in `claims`.

    Entra lets people write any address into their profile and says so by `xms_edov`, an optional claim
    (learn.microsoft.com, "Optional claims reference"); it sends no `email_verified`.
    """
    if not claims.get("email"):
        return False
    if PROFILES[preset].vouches_for_mail:
        return True
    word = claims.get("xms_edov") if preset is Preset.ENTRA else claims.get("email_verified")
    return word in (True, 1, "1", "true", "True")


def name_in(claims: dict[str, Any]) -> str:
    """What to call somebody, by what their provider says; the address before its @ at worst."""
    given = str(claims.get("given_name") or "")
    family = str(claims.get("usual_name") or claims.get("family_name") or "")
    found = str(claims.get("name") or f"{given} {family}").strip()
    plain = " ".join("".join(letter for letter in found if letter.isprintable()).split())
    return (plain or str(claims.get("email") or "").partition("@")[0])[:120]


def has_second_factor(preset: Preset, claims: dict[str, Any]) -> bool:
    """Whether the provider says that it asked for two factors (RFC 8176 `mfa`, or an `acr` of the preset)."""
    methods = claims.get("amr")
    by_methods = isinstance(methods, list) and bool(
        {"mfa", "otp", "hwk", "swk"} & {str(one) for one in methods}
    )
    return by_methods or claims.get("acr") in PROFILES[preset].second_factor


def belongs_to(siret: str, registration: str) -> bool:
    """Whether an establishment's SIRET is one of the organisation with this SIREN; unknown numbers do not object."""
    digits = "".join(filter(str.isdigit, registration))[:9]
    return not siret or len(digits) != 9 or siret.startswith(digits)
