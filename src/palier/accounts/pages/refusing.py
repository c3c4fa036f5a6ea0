"""What the pages that end letters of a kind have in common: the button's answer, and the one of a mail program."""

from litestar import Request, Response
from litestar.enums import MediaType

from palier.accounts.flows import letters
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, see_other

NO_TOKEN_NEEDED = {"exclude_from_csrf": True}
"""Route option: a mail program posts without having opened a page of ours. The link alone decides, no session does."""


async def decide(request: Request, token: str, back: str) -> Response:
    """Refuse the letters behind `token` or take them again, then show `back`; a mail program is told in one word.

    RFC 8058: the mail program posts `List-Unsubscribe=One-Click` and follows no redirect. Raises DoesNotExist.
    """
    form = await form_of(request)
    refuse = "again" not in form
    await letters.choose(token, refuse=refuse)
    if "List-Unsubscribe" in form:
        return Response("done", status_code=200, media_type=MediaType.TEXT)
    return see_other(
        back,
        _("No more messages go to this address.") if refuse else _("The messages go to this address again."),
    )
