"""The same pages for each kind of payer: an organisation's owners, a network's staff, a consultant.

The handlers are inherited: each name stands once among the four classes.
"""

from palier.billing.pages.buying import Buying
from palier.billing.pages.changing import Changing
from palier.billing.pages.desk import AT_A_HOUSE, AT_A_NETWORK, AT_HOME
from palier.billing.pages.details import BillingDetails
from palier.billing.pages.overview import Overview
from palier.billing.pages.place import Place
from palier.billing.pages.places import NetworkPlaces
from palier.foundation.permissions import SIGNED_IN, Permission, needs


class HousePays(Overview, Buying, Changing, BillingDetails):
    """An organisation."""

    path = "/o/{org:str}/billing"
    opt = needs(Permission.MANAGE_ORGANISATION)
    dependencies = AT_A_HOUSE


class NetworkPays(Overview, Buying, Changing, BillingDetails):
    """A network."""

    path = "/n/{net:str}/billing"
    opt = needs(Permission.MANAGE_NETWORK)
    dependencies = AT_A_NETWORK


class ConsultantPays(Overview, Buying, Changing, BillingDetails):
    """Somebody who accompanies clients, and pays for themselves."""

    path = "/account/billing"
    opt = SIGNED_IN
    dependencies = AT_HOME


PAGES = [HousePays, NetworkPays, ConsultantPays, Place, NetworkPlaces]
