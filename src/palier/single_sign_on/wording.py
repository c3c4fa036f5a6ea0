"""The words of this room's choices and refusals."""

from palier.foundation.language import gettext as _
from palier.foundation.permissions import Role
from palier.network.wording import roles
from palier.single_sign_on.rules.domains import DomainFault
from palier.single_sign_on.rules.profiles import Preset
from palier.single_sign_on.rules.states import NEWCOMER_ROLES, Obstacle, State


def preset_choices() -> list[tuple[str, str, str]]:
    """The kinds of provider, each with what is particular about it."""
    return [
        (
            Preset.GENERIC, _("Any OpenID Connect provider"),
            _("Keycloak, Google Workspace, Okta, Authentik, LemonLDAP::NG and others."),
        ),
        (
            Preset.ENTRA, _("Microsoft Entra ID"),
            _(
                "The issuer is https://login.microsoftonline.com/{your tenant}/v2.0. Add the optional claims email and "
                "xms_edov to the ID token: without them, people link their account once by signing in."
            ),
        ),
        (
            Preset.PROCONNECT, _("ProConnect"),
            _("For public agents. Choose ES256 or RS256 as the signing algorithm when you register."),
        ),
    ]  # fmt: skip


def state_choices() -> list[tuple[str, str, str]]:
    """What the provider can be for."""
    return [
        (State.OFF, _("Off"), _("Everybody signs in with Palier.")),
        (
            State.OPTIONAL, _("One way in among others"),
            _("People may sign in with the provider, or as before."),
        ),
        (
            State.ENFORCED, _("The only way in"),
            _(
                "Passwords and mailed links stop working for every address of your domains, at once. Sessions that began "
                "without the provider are asked to sign in with it. Owners with a spare key can still come in; each time, "
                "the other owners are told. Consultants by mandate with addresses elsewhere keep their own way."
            ),
        ),
    ]  # fmt: skip


def state_name(state: State) -> str:
    """The name of a state."""
    return next(words for value, words, _hint in state_choices() if value == state)


def role_choices() -> list[tuple[str, str]]:
    """What newcomers can become."""
    names = roles()
    return [("", _("Nobody joins by themselves: an invitation is needed"))] + [
        (role.value, names[Role(role)]) for role in reversed(NEWCOMER_ROLES)
    ]


def obstacle(missing: Obstacle) -> str:
    """What to do first."""
    return {
        Obstacle.NO_PROVIDER: _("Describe your provider first."),
        Obstacle.NOT_TESTED: _("Try the connection first: it must have worked once."),
        Obstacle.NO_DOMAIN: _("Prove at least one mail domain first."),
        Obstacle.NO_SPARE_KEY: _("Give a spare key to at least one owner with a password first."),
    }[missing]


def domain_fault(fault: DomainFault) -> str:
    """Why a domain is refused."""
    return {
        DomainFault.SHAPE: _("Write a mail domain, such as example.org"),
        DomainFault.PUBLIC: _("Anybody can have an address there: it cannot be your organisation’s own"),
    }[fault]
