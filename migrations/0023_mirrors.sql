-- 1. A mirror and its links belong to the organisation of the round. Whoever holds a link sees its row and what it asks.
do $$
declare t text;
begin
  foreach t in array array['mirror', 'mirror_link'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
end $$;
-- Asked through a function: the policies of the two tables look at each other, and their text may not.
create function mirror_stands(p_mirror uuid) returns boolean language sql stable as $$
  select exists (select from mirror m where m.id = p_mirror and m.organisation_id = app_org())
$$;
create policy tenant on mirror using (organisation_id = app_org()) with check (organisation_id = app_org()
  and exists (select from assessment a where a.id = assessment_id and a.organisation_id = app_org()));
create policy tenant on mirror_link using (organisation_id = app_org())
  with check (organisation_id = app_org() and mirror_stands(mirror_id));
create policy held on mirror_link for select using (fingerprint = app_link());
create policy held on mirror for select using (
  app_link() is not null and id = (select l.mirror_id from mirror_link l where l.fingerprint = app_link()));

-- 2. What was answered is nobody's to read: no grant, and no policy either. The functions below run as the owner of the
-- tables, whom row-level security does not bind here; they are the only doors (docs/decisions/0014).
do $$
declare t text;
begin
  foreach t in array array['mirror_answer', 'mirror_given', 'mirror_batch'] loop
    execute format('alter table %I enable row level security', t);
  end loop;
end $$;

create function mirror_batch_size() returns int language sql immutable as $$ select 5 $$;

-- 3. Answering, as the holder of a link. Of the fifth answer that waits, a batch is made and the five are erased: what stays
-- is how many answered each theme and their points in all. The same form sent twice counts once.
create function give_mirror_answer(p_op text, p_given jsonb, p_today date) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_link mirror_link; v_mirror mirror; v_sums jsonb;
begin
  select * into v_link from mirror_link l where l.fingerprint = app_link();
  if not found then return 'missing'; end if;
  perform pg_advisory_xact_lock(hashtextextended('mirror ' || v_link.id, 0));
  select * into v_mirror from mirror m where m.id = v_link.mirror_id;
  if not found then return 'missing'; end if;
  if v_mirror.closed_at is not null or p_today not between v_mirror.opens_on and v_mirror.closes_on then
    return 'closed';
  end if;
  if p_given = '{}' or exists (select from jsonb_each(p_given) g where not v_mirror.themes @> jsonb_build_array(jsonb_build_object('id', g.key))
      or jsonb_typeof(g.value) <> 'number' or g.value not in ('0', '25', '50', '75', '100')) then
    raise exception 'this is not an answer to what the mirror asks' using errcode = 'P0422';
  end if;
  insert into mirror_given (id, link_id) values (encode(sha256(convert_to(v_link.id || p_op, 'UTF8')), 'hex'), v_link.id)
    on conflict do nothing;
  if not found then return 'repeated'; end if;
  insert into mirror_answer (id, link_id, given) values (gen_random_uuid(), v_link.id, p_given);
  if (select count(*) from mirror_answer a where a.link_id = v_link.id) < mirror_batch_size() then return 'given'; end if;
  select jsonb_object_agg(s.theme, jsonb_build_array(s.n, s.points)) into v_sums from (
    select g.key as theme, count(*) as n, sum(g.value::int) as points
    from mirror_answer a, jsonb_each(a.given) g where a.link_id = v_link.id group by g.key) s;
  insert into mirror_batch (id, link_id, number, sums) select gen_random_uuid(), v_link.id, coalesce(max(b.number), 0) + 1, v_sums
    from mirror_batch b where b.link_id = v_link.id;
  delete from mirror_answer a where a.link_id = v_link.id;
  return 'given';
end $$;

-- 4. Reading, as the organisation of the mirror. Batches are taken in order, and for each theme as many together as it takes
-- to hold five answers to it; what is left over waits. `theme` '' counts the people in whole batches.
create function mirror_figures(p_mirror uuid) returns table (audience text, theme text, answers int, points int)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare v_batch record; v_theme text; v_n int; v_points int; v_link mirror_link;
begin
  for v_link in select l.* from mirror_link l join mirror m on m.id = l.mirror_id
      where l.mirror_id = p_mirror and m.organisation_id = app_org() loop
    audience := v_link.audience;
    theme := ''; points := 0;
    select count(*) * mirror_batch_size() into answers from mirror_batch b where b.link_id = v_link.id;
    return next;
    for v_theme in select distinct t.key from mirror_batch b, jsonb_each(b.sums) t where b.link_id = v_link.id loop
      theme := v_theme; answers := 0; points := 0; v_n := 0; v_points := 0;
      for v_batch in select b.sums -> v_theme as sums from mirror_batch b
          where b.link_id = v_link.id and b.sums ? v_theme order by b.number loop
        v_n := v_n + (v_batch.sums ->> 0)::int;
        v_points := v_points + (v_batch.sums ->> 1)::int;
        if v_n >= mirror_batch_size() then
          answers := answers + v_n; points := points + v_points; v_n := 0; v_points := 0;
        end if;
      end loop;
      if answers > 0 then return next; end if;
    end loop;
  end loop;
end $$;
