"""Palier: assess the maturity of service excellence, compare it with peers, plan what comes next."""
