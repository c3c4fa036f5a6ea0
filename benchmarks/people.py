"""People enough to sign in at once: copies of the demo's director with her password, gone afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlencode

import psycopg

from benchmarks.load import Ask, always, send
from benchmarks.product import csrf_token
from palier.demo.seeding import sign_ins
from palier.foundation.settings import Settings

_COPIES = """
  create temporary table copies as select p.*, n from person p, generate_series(1, %(many)s) as n where p.email = %(email)s;
  update copies set id = gen_random_uuid(), email = 'bench-' || n || '@palier.example';
  alter table copies drop column n;
  insert into person select * from copies
"""
_GONE = """
  delete from session where person_id in (select id from person where email like 'bench-%@palier.example');
  delete from known_browser where person_id in (select id from person where email like 'bench-%@palier.example');
  delete from person where email like 'bench-%@palier.example'
"""


@contextmanager
def signing_in(settings: Settings, many: int) -> Iterator[Sequence[Ask]]:
    """What each of `many` people sends to sign in, again and again: address, password, the form's token."""
    director = sign_ins(settings)[0]
    with psycopg.connect(str(settings.database_url), user="postgres", autocommit=True) as administrator:
        administrator.execute("set session_replication_role = replica")
        copies = _COPIES % {"many": many, "email": f"'{director.email}'"}
        administrator.execute(copies)
        try:
            yield [_ask(settings, f"bench-{n + 1}@palier.example", director.password) for n in range(many)]
        finally:
            administrator.execute(_GONE)


def _ask(settings: Settings, email: str, password: str) -> Ask:
    token = csrf_token(settings.port, "/signin")
    fields = {"email": email, "password": password, "_csrf_token": token}
    return always(send("POST", "/signin", f"csrftoken={token}", urlencode(fields).encode()))
