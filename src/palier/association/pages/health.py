"""Cohort health: bands, what would be hidden, who is missing. From attributes and counts, never a score."""

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from palier.association import wording as words
from palier.association.flows.healing import CROSSED, load_health
from palier.benchmarks.wording import band_in_words
from palier.foundation.actor import NetworkActor
from palier.foundation.database import reading
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import page
from palier.network import wording


@get("/n/{net:str}/cohorts", opt=needs(Permission.MANAGE_NETWORK))
async def cohorts(request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
    """Sector by size, country or legal kind."""
    asked = request.query_params.get("by", "")
    columns = asked if asked in CROSSED else "size"
    async with reading(network_actor):
        health = await load_health(network_actor, columns)
    return page(
        request, "association/cohorts.html", nav="network", tab="cohorts", health=health, crossed=tuple(CROSSED),
        label=wording.label, dimension=wording.dimension, cell=words.cell, band=band_in_words,
    )  # fmt: skip


PAGES = [cohorts]
