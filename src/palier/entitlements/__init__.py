"""Who holds which offer: the offers as data, the one table of entitlements, what they come to."""
