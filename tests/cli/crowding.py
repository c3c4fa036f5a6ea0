"""A demonstration among many: every table a person fills is filled with other people's rows, copies of its own under other ids."""

import re
from dataclasses import dataclass

import psycopg

FEW = {"network", "campaign", "edition", "edition_draft", "draft_row", "draft_seat", "used_definition", "platform_staff", "heartbeat", "organisation", "audit_head", "bulletin", "shared_practice", "practice", "network_lever"}  # fmt: skip
"""Tables with a row for each network or process, or that the loader of networks fills."""

_COLUMNS = """
  select a.attname, format_type(a.atttypid, a.atttypmod),
    exists (select from pg_index i where i.indrelid = a.attrelid and i.indisunique and a.attnum = any(i.indkey))
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
    and coalesce(pg_get_expr(d.adbin, d.adrelid), '') not like 'nextval%%' order by a.attnum
"""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    in_a_key: bool

    def value(self) -> str:
        """Of copy `g` of row `s`, which belongs to organisation `o`: nobody it refers to exists, and no key is taken twice."""
        if self.kind == "uuid":
            other = "o.id" if self.name == "organisation_id" else "gen_random_uuid()"
            return f'case when s."{self.name}" is null then null else {other} end'
        length = re.search(r"\((\d+)\)", self.kind)
        if (
            self.in_a_key
            and self.kind.startswith(("character varying", "text"))
            and (not length or int(length[1]) >= 24)
        ):
            return f"""left(s."{self.name}", {int(length[1]) - 7 if length else 90}) || '-' || g"""
        return f's."{self.name}"'


def crowd(administrator: str, copies: int) -> dict[str, int]:
    """Multiply the rows of every table that has some but few, `copies` each; how many rows each got."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "create temporary table others as select row_number() over () as n, id from organisation where slug like 'planted-%'"
        )
        connection.execute("analyze others")
        names = connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1"
        ).fetchall()
        made = {
            name: _multiply(connection, name, copies)
            for (name,) in names
            if _is_small(connection, name, copies)
        }
        connection.execute("analyze")
    return made


def _is_small(connection: psycopg.Connection, table: str, copies: int) -> bool:
    row = connection.execute(f'select count(*) from "{table}"').fetchone()
    kept_apart = table in FEW or table.startswith(("procrastinate_", "tortoise_"))
    return not kept_apart and row is not None and 0 < row[0] < copies


def _multiply(connection: psycopg.Connection, table: str, copies: int) -> int:
    columns = [_Column(*row) for row in connection.execute(_COLUMNS, [table]).fetchall()]
    names, values = ", ".join(f'"{one.name}"' for one in columns), ", ".join(one.value() for one in columns)
    sql = (
        f'insert into "{table}" ({names}) select {values} from generate_series(1, {copies}) g '
        f'join others o on o.n = 1 + g % (select count(*) from others) cross join lateral (select * from "{table}" '
        f'offset g % (select count(*) from "{table}") limit 1) s on conflict do nothing'
    )
    try:
        return connection.execute(sql).rowcount
    except psycopg.errors.CheckViolation:  # a table whose rows belong to one of several kinds of holder
        return 0
