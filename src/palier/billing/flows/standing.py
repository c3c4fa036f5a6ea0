"""Where a payer stands, gathered in one statement: for its pages, the banner and the letters."""

import json
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from palier.billing.payers import Payer, Paying, payer_of
from palier.billing.rules.facts import Agreed, Ended, Facts, Ordered, Owed, Place, Subscribed
from palier.billing.rules.standing import Standing, standing_from
from palier.billing.rules.states import AgreementState, CheckoutState, Collection, SponsorshipState
from palier.billing.standing_wording import Told, told
from palier.entitlements.rules.offers import Interval, Kind, Offers, Source
from palier.entitlements.rules.resolving import Held, rights_from
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.permissions import Permission
from palier.foundation.rights import Standing as HowHeld
from palier.foundation.settings import Settings

Row = dict[str, Any]


async def standing_of(payer: Payer, offers: Offers, settings: Settings) -> Standing:
    """Where the payer stands now. Within what the current transaction may see; one statement, none where nothing is sold."""
    if not settings.billing or payer.rights.standing is HowHeld.OPEN:
        return standing_from(Facts(payer.kind, now(), sells=False), offers)
    return standing_from(await facts_of(payer.kind, payer.id, offers), offers)


async def banner_of(tenant: Paying, offers: Offers, settings: Settings) -> Told | None:
    """What presses about money, for the pages where one arrives: for those who may do something about it, and only then.

    In a reading of theirs; one statement, and none where nothing is sold or somebody else decides.
    """
    if isinstance(tenant, Actor) and not tenant.may(Permission.MANAGE_ORGANISATION):
        return None
    payer = payer_of(tenant)
    standing = await standing_of(payer, offers, settings)
    return told(standing, payer, offers) if standing.severity.told else None


async def facts_of(kind: Kind, payer: UUID, offers: Offers) -> Facts:
    """What the tables hold of one payer. For those who may see its rows, and for the worker."""
    given = {each: payer if each is kind else None for each in Kind}
    at = now()
    rows = await select(_EVERYTHING, given[Kind.ORGANISATION], given[Kind.NETWORK], given[Kind.PERSON], at)
    read = {name: json.loads(value) if isinstance(value, str) else value for name, value in rows[0].items()}
    return facts_from(kind, read, offers, at)


_EVERYTHING: Final = """
with account as (select * from billing_account b where b.organisation_id = $1::uuid or b.network_id = $2::uuid or b.person_id = $3::uuid)
select
  (select to_jsonb(a) from account a) as account,
  (select to_jsonb(s) from subscription s join account a on a.id = s.account_id
   order by s.status in ('trialing', 'active', 'past_due', 'incomplete', 'paused') desc, s.created_at desc limit 1) as subscription,
  (select to_jsonb(c) from checkout c join account a on a.id = c.account_id
   where c.state in ('open', 'pending') order by c.state = 'pending' desc, c.begun_at desc limit 1) as checkout,
  (select to_jsonb(i) - 'content' from invoice i join account a on a.id = i.account_id
   where i.kind = 'invoice' and i.state = 'open' and i.due_on is not null order by i.due_on limit 1) as invoice,
  (select to_jsonb(g) from offer_agreement g join account a on a.id = g.account_id
   where g.state = 'asked' or (g.state = 'active' and (g.ends_on is null or g.ends_on >= $4::timestamptz::date))
   order by g.state = 'active' desc, g.asked_at desc limit 1) as agreement,
  (select coalesce(jsonb_agg(to_jsonb(p) order by p.invited_at), '[]') from sponsorship p
   where p.organisation_id = $1::uuid and p.state in ('invited', 'active')) as places,
  (select coalesce(jsonb_agg(to_jsonb(e) order by e.valid_from desc), '[]') from entitlement e
   where e.organisation_id = $1::uuid or e.network_id = $2::uuid or e.person_id = $3::uuid) as held,
  case when $1::uuid is not null then
    (select count(*) from membership m where m.organisation_id = $1::uuid)
    + (select count(*) from invitation v where v.organisation_id = $1::uuid and v.accepted_at is null
       and v.withdrawn_at is null and v.expires_at > $4::timestamptz)
  when $2::uuid is not null then (select count(*) from sponsorship p where p.network_id = $2::uuid and p.state in ('invited', 'active'))
  else (select count(*) from mandate d where d.consultant_id = $3::uuid and d.revoked_at is null and d.ends_on >= $4::timestamptz::date)
  end as used
"""


def facts_from(kind: Kind, row: Row, offers: Offers, at: datetime) -> Facts:
    """The statement's one row, as the rules read it."""
    account, held = row["account"] or {}, row["held"]
    living = [one for one in held if _held(one).holds(at)]
    trial = next((one for one in living if one["source"] == Source.TRIAL), None)
    rights = rights_from([_held(one) for one in held], kind, offers, at)
    return Facts(
        kind, at, disputed=_moment(account.get("disputed_at")), subscribed=_subscribed(row["subscription"], held, offers),
        ordered=_ordered(row["checkout"]), owed=_owed(row["invoice"]), agreed=_agreed(row["agreement"]),
        places=[_place(one) for one in row["places"]], given=_given(living, row["agreement"]),
        trial_until=_moment(trial["valid_to"]) if trial else None, trial_offer=trial["offer"] if trial else "",
        ended=None if living else _ended(held, at), used=row["used"], allowed=next(iter(rights.limits.values()), None),
        trial_used=account.get("trial_used_at") is not None,
    )  # fmt: skip


def _held(row: Row) -> Held:
    return Held(
        row["offer"], Source(row["source"]), row["quantity"], _sure(row["valid_from"]), _moment(row["valid_to"]),
        _moment(row["grace_until"]),
    )  # fmt: skip


def _subscribed(row: Row | None, held: list[Row], offers: Offers) -> Subscribed | None:
    if row is None:
        return None
    since = _moment(row["past_due_since"])
    told = next((_moment(one["grace_until"]) for one in held if one["source_ref"] == row["id"]), None)
    gone = told or (since + timedelta(days=offers.grace_days) if since else None)
    ends = _moment(row["cancel_at"]) or (_moment(row["period_end"]) if row["cancel_at_period_end"] else None)
    return Subscribed(
        row["offer"], Interval(row["interval"]), row["quantity"], row["status"], Collection(row["collection"]),
        _moment(row["period_end"]), _moment(row["trial_end"]), ends, _moment(row["ended_at"]), since,
        gone if since else None, row["method"], row["action_url"],
        row["confirm_asked_at"] is not None, row["amount"],
    )  # fmt: skip


def _ordered(row: Row | None) -> Ordered | None:
    if row is None:
        return None
    return Ordered(row["offer"], CheckoutState(row["state"]), _sure(row["expires_at"]), row["url"])


def _owed(row: Row | None) -> Owed | None:
    if row is None:
        return None
    due = _date(row["due_on"]) or _date(row["issued_on"]) or _sure(row["created_at"]).date()
    return Owed(row["number"], due, row["total"], row["currency"], row["hosted_url"])


def _agreed(row: Row | None) -> Agreed | None:
    if row is None:
        return None
    starts, ends = _date(row["starts_on"]), _date(row["ends_on"])
    return Agreed(row["offer"], AgreementState(row["state"]), starts, ends, row["free"])


def _place(row: Row) -> Place:
    return Place(
        row["network_name"], row["offer"], SponsorshipState(row["state"]), _date(row["ends_on"]), row["id"]
    )


def _given(living: list[Row], agreement: Row | None) -> str:
    """An offer held by the staff's hand, where no agreement tells why."""
    by_hand = (Source.FREE, Source.MANUAL)
    known = agreement["id"] if agreement else ""
    return next(
        (one["offer"] for one in living if one["source"] in by_hand and one["source_ref"] != known), ""
    )


def _ended(held: list[Row], at: datetime) -> Ended | None:
    over = [(one, last) for one in held if (last := _held(one).last) and last <= at]
    if not over:
        return None
    row, last = max(over, key=lambda pair: pair[1])
    return Ended(row["offer"], Source(row["source"]), last)


def _sure(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
