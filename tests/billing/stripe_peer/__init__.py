"""A Stripe of our own for the tests: a peer that keeps customers, subscriptions and invoices as Stripe does.

Whatever it is asked and whatever it answers or tells is checked against the schema that Stripe publishes, so that a test
which passes here speaks the language of Stripe. It knows the calls that Palier makes, and refuses the others.
"""
