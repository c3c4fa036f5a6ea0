"""What every test of billing may ask for."""

from tests.billing import selling as stage_of_billing

selling_settings = stage_of_billing.selling_settings
wire = stage_of_billing.wire
till = stage_of_billing.till
selling_app = stage_of_billing.selling_app
stripe_peer = stage_of_billing.stripe_peer
selling = stage_of_billing.selling
