"""The switcher: everything a person can open."""

from litestar import Request, Response, get
from litestar.di import NamedDependency

from palier.foundation.actor import Person
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.permissions import SIGNED_IN
from palier.foundation.web import page, see_other
from palier.network import store, wording


@get("/home", opt=SIGNED_IN)
async def home(request: Request, person: NamedDependency[Person]) -> Response:
    """My organisations, clients and networks; straight to the only one there is."""
    async with reading(person):
        places = await store.places_of(person, today(person.time_zone))
    if (only := places.only_address()) and not request.query_params.get("all"):
        return see_other(only)
    return page(request, "network/home.html", places=places, roles=wording.roles())


PAGES = [home]
