"""What the links of a reminder do: mark its action as done or put it off, for its owner, without signing in.

A link opens one action for thirty days, and only while the action is as the letter said: still its owner's, not done,
due on the same day. So a link that was used, forwarded late or overtaken changes nothing.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from palier.accounts.flows import acquaintance
from palier.action_plans import store
from palier.action_plans.flows import acting
from palier.action_plans.flows.mine import actors_of
from palier.action_plans.rules.life import ActionStatus
from palier.action_plans.rules.reminders import LINK_LASTS, Errand, may_be_put_off_to
from palier.action_plans.store import Action, SentReminder
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint
from palier.foundation.permissions import Permission


class Standing(StrEnum):
    """Whether a link still does what it says."""

    OPEN = "open"
    DONE = "done"
    CHANGED = "changed"
    EXPIRED = "expired"


class Overtaken(Exception):
    """The link does nothing any more; its page says why."""


class NotLater(ValueError):
    """An action is put off to a later day, within two years."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a link stands for: the letter, who acts by it, and the action as it is now."""

    reminder: SentReminder
    actor: Actor
    action: Action

    @property
    def standing(self) -> Standing:
        """What the link can do now."""
        if self.reminder.sent_at + LINK_LASTS < now():
            return Standing.EXPIRED
        if self.action.status is ActionStatus.DONE:
            return Standing.DONE
        same = self.action.owner_id == self.actor.person_id and self.action.due_on == self.reminder.due_on
        return Standing.OPEN if same and self.actor.may(Permission.EDIT_PLAN) else Standing.CHANGED


async def call_behind(token: str) -> Call:
    """What a mailed link stands for.

    Raises DoesNotExist for an unknown link, a removed action, and somebody who left the organisation.
    """
    async with reading(LinkHolder(fingerprint(token))):
        reminder = await SentReminder.get(fingerprint=fingerprint(token))
        person = await acquaintance.person_of(reminder.person_id)
    actors = {actor.organisation_id: actor for actor in await actors_of(person)}
    if reminder.organisation_id not in actors or reminder.action_id is None:
        raise store.Gone("left the organisation")
    actor = actors[reminder.organisation_id]
    async with reading(actor):
        return Call(reminder, actor, await store.action_by_id(actor, reminder.action_id))


async def finish(token: str, base: int) -> Call:
    """Mark the action as done; `base` is the revision the page showed. Raises DoesNotExist, Overtaken, ChangedMeanwhile."""
    call = await _usable(token)
    async with transaction(call.actor):
        await acting.move(call.actor, call.action.id, ActionStatus.DONE, base)
        await _told(call, Errand.DONE)
    return call


async def put_off(token: str, wanted: date, base: int) -> Call:
    """Give the action a later date. Raises DoesNotExist, Overtaken, NotLater, ChangedMeanwhile, Unacceptable."""
    call = await _usable(token)
    action = call.action
    if not may_be_put_off_to(wanted, call.reminder.due_on, today(call.actor.person.time_zone)):
        raise NotLater(wanted)
    async with transaction(call.actor):
        await acting.follow(call.actor, action.id, action.owner_id, wanted, ActionStatus(action.status), base)
        await _told(call, Errand.POSTPONE)
    return call


async def _usable(token: str) -> Call:
    call = await call_behind(token)
    if call.standing is not Standing.OPEN:
        raise Overtaken(call.standing)
    return call


async def _told(call: Call, errand: Errand) -> None:
    """The trail says that it was by a letter's link, not by signing in."""
    await audit.record(
        call.actor, "action_plans.reminder_answered", f"action {call.action.id}", errand=errand.value,
        reminder=call.reminder.kind,
    )  # fmt: skip
