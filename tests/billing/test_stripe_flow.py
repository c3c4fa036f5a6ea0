"""An organisation buys, as the whole of Palier sees it: the page, the payment, the events, the renewal, the end."""

from palier.billing import store
from palier.billing.flows import buying
from palier.billing.payers import payer_of
from palier.billing.rules.orders import Order
from palier.billing.rules.states import CheckoutState
from palier.entitlements import store as entitlements
from palier.entitlements.rules.offers import Interval
from palier.foundation.database import transaction
from palier.foundation.permissions import Role
from tests.billing.selling import ADDRESS, Selling
from tests.billing.stripe_peer.methods import DECLINED, GOOD
from tests.conftest import Cast


async def test_an_organisation_buys_and_holds_before_any_event(selling: Selling, cast: Cast) -> None:
    claire = cast.actor("claire", "valley", Role.OWNER)
    payer = payer_of(claire)
    order = Order("organisation", Interval.MONTH, 25)
    url = await buying.begin(payer, selling.till, order, ADDRESS)
    assert await buying.begin(payer, selling.till, order, ADDRESS) == url
    assert (await selling.pay(url, DECLINED)).status_code == 402
    answer = await selling.pay(url, GOOD, name="Transports du Val", country="FR")
    assert answer.status_code == 303
    async with transaction(claire):
        checkout = await store.Checkout.get()
    assert (await buying.returned(payer, selling.till, checkout.id)).state is CheckoutState.PAID
    async with transaction(claire):
        held = await entitlements.Entitlement.get()
    assert held.offer == "organisation"
    await selling.told(times=2, shuffle=3)
    async with transaction(None):
        assert await store.StripeEvent.filter(processed_at__isnull=True).count() == 0
