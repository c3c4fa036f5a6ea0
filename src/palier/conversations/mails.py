"""The letter to whom a comment calls, in their own language."""

from palier.accounts.store import Person
from palier.conversations.store import Comment
from palier.foundation import mail
from palier.foundation.language import speaking

MENTION = "mention"
"""Under which name an address refuses letters of this kind."""


async def called(
    reader: Person, comment: Comment, organisation: str, title: str, address: str, refuse: str, choices: str
) -> None:
    """Tell the reader that the comment calls them, in the caller's transaction.

    `title` and `address` are the topic's; `refuse` is the page that ends these letters, `choices` the one of every kind.
    """
    with speaking(reader.locale):
        await mail.write(
            reader.email, "conversations/mails/called", refuse=refuse, choices=choices, name=comment.person_name,
            title=title, organisation=organisation, lines=comment.text.split("\n"),
            address=f"{address}#comment-{comment.id}",
        )  # fmt: skip
