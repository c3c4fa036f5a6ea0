"""Paying: accounts, subscriptions at Stripe, agreements by hand, places a network gives, invoices."""
