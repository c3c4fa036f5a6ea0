-- Nobody's rows are read across organisations but through the functions below, which show what was agreed and no more
-- (docs/decisions/0020). These run as the owner of the tables, who sees all rows of the five made here; for rounds and
-- actions a function stands in the place of each organisation in turn, and comes back.
do $$
declare t text;
begin
  foreach t in array array['unit', 'affiliation_letter', 'territory', 'territory_member', 'shared_indicator'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy doors on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
create index unit_of_parent on unit (parent_id);
create unique index unit_once on unit (organisation_id) where left_at is null;
create unique index territory_member_once on territory_member (territory_id, organisation_id) where left_at is null;

-- 1. Letters: of whoever asks, and of whoever holds one.
create policy tenant on affiliation_letter using (organisation_id = app_org()) with check (organisation_id = app_org());
create policy held on affiliation_letter for select using (fingerprint = app_link());
create function letter_shown(p_purpose text, p_organisation uuid, p_territory uuid) returns boolean language sql stable
security definer set search_path = public, pg_temp as $$
  select exists (select from affiliation_letter l where l.fingerprint = app_link() and l.purpose = p_purpose
    and (p_organisation is null or l.organisation_id = p_organisation) and l.territory_id is not distinct from p_territory
    and l.accepted_at is null and l.withdrawn_at is null and l.expires_at > now())
$$;
-- Whoever accepts uses the letter up; of two at once one succeeds.
create function use_letter_up() returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update affiliation_letter set accepted_at = now() where fingerprint = app_link() and app_org() is not null
    and accepted_at is null and withdrawn_at is null and expires_at > now();
  return found;
end $$;

-- 2. Units. Both sides see the row. It is made for the unit: by somebody who owns the parent as well, or with its letter.
create policy known on unit for select using (organisation_id = app_org() or parent_id = app_org());
create policy worker on unit for select to palier_worker using (true);
create policy staff on unit for select using (app_network() is not null and exists (
  select from network_member n where n.network_id = app_network() and n.organisation_id in (unit.organisation_id, unit.parent_id)));
create policy agreed on unit for insert with check (organisation_id = app_org() and left_at is null and (
  letter_shown('unit', parent_id, null) or exists (select from membership m
    where m.organisation_id = parent_id and m.person_id = app_person() and m.role = 'owner')));
create policy sides on unit for update using (organisation_id = app_org() or parent_id = app_org());

create function may_become_unit(p_unit uuid, p_parent uuid) returns boolean language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('units', 0));
  return (app_org() is null or p_unit = app_org()) and p_unit <> p_parent and not exists (select from unit u where u.left_at is null
    and (u.organisation_id in (p_unit, p_parent) or u.parent_id = p_unit));
end $$;
create function keep_units_one_deep() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not may_become_unit(new.organisation_id, new.parent_id) then
    raise exception 'a unit has one parent and no units, and its parent is nobody''s unit' using errcode = 'P0409';
  end if;
  return new;
end $$;
create trigger one_deep before insert on unit for each row execute function keep_units_one_deep();

-- Each side says what is its own to say; what ended stays as it was.
create function keep_to_one_s_own_side() returns trigger language plpgsql as $$
begin
  if old.left_at is not null or (new.id, new.organisation_id, new.parent_id, new.joined_at, new.joined_name, new.made_here)
      is distinct from (old.id, old.organisation_id, old.parent_id, old.joined_at, old.joined_name, old.made_here)
      or (new.answers_open <> old.answers_open and app_org() <> old.organisation_id)
      or ((new.kind, new.place, new.weight) is distinct from (old.kind, old.place, old.weight) and app_org() <> old.parent_id) then
    raise exception 'this is not yours to change' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger sides before update on unit for each row execute function keep_to_one_s_own_side();

-- A parent and its units know each other's name.
create policy kin on organisation for select using (
  id in (select u.organisation_id from unit u where u.parent_id = app_org() and u.left_at is null)
  or id in (select u.parent_id from unit u where u.organisation_id = app_org() and u.left_at is null));

-- 3. What a parent reads of its units: rounds as such, and of submitted ones the scores from the whole down to elements.
create function scores_in(p_result jsonb) returns jsonb language sql immutable as $$
  with recursive node as (
    select p_result -> 'total' as it
    union all select c.value from node, jsonb_array_elements(node.it -> 'children') c where c.value ->> 'kind' <> 'criterion')
  select jsonb_object_agg(it ->> 'code', it ->> 'score') from node
$$;
create function unit_rounds() returns table (unit_id uuid, assessment_id uuid, name text, questionnaire text, version text,
  definition_hash text, scope jsonb, state text, opens_on date, closes_on date, submitted_at timestamptz, answered bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_parent uuid := app_org(); v_unit unit;
begin
  for v_unit in select * from unit u where u.parent_id = v_parent and u.left_at is null loop
    perform set_config('app.org', v_unit.organisation_id::text, true);
    return query select v_unit.id, a.id, a.name::text, a.questionnaire::text, a.version::text, a.definition_hash::text, a.scope,
        a.state::text, a.opens_on, a.closes_on, a.submitted_at,
        case when a.mode = 'individual' and a.answers_opened_at is null and a.state = 'draft'
          then (select count(distinct g.code) from response_given g where g.assessment_id = a.id and g.standing)
          else (select count(*) from answer w where w.assessment_id = a.id and w.state <> 'blank') end
      from assessment a where a.organisation_id = v_unit.organisation_id and a.state in ('draft', 'submitted');
  end loop;
  perform set_config('app.org', coalesce(v_parent::text, ''), true);
end $$;
create function unit_scores(p_questionnaire text) returns table (unit_id uuid, assessment_id uuid, name text, version text,
  definition_hash text, scope jsonb, opens_on date, submitted_at timestamptz, level int, scores jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_parent uuid := app_org(); v_unit unit;
begin
  for v_unit in select * from unit u where u.parent_id = v_parent and u.left_at is null loop
    perform set_config('app.org', v_unit.organisation_id::text, true);
    return query select v_unit.id, a.id, a.name::text, a.version::text, a.definition_hash::text, a.scope, a.opens_on,
        a.submitted_at, (a.result -> 'maturity' ->> 'level')::int, scores_in(a.result)
      from assessment a where a.organisation_id = v_unit.organisation_id and a.questionnaire = p_questionnaire
        and a.state = 'submitted' order by a.opens_on, a.submitted_at;
  end loop;
  perform set_config('app.org', coalesce(v_parent::text, ''), true);
end $$;
-- The whole result, answers and all, where the unit opened it.
create function open_result(p_unit uuid, p_assessment uuid) returns table (name text, submitted_at timestamptz,
  definition_hash text, questionnaire text, version text, result jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_parent uuid := app_org(); v_unit unit;
begin
  select * into v_unit from unit u where u.id = p_unit and u.parent_id = v_parent and u.left_at is null and u.answers_open;
  if not found then return; end if;
  perform set_config('app.org', v_unit.organisation_id::text, true);
  return query select a.name::text, a.submitted_at, a.definition_hash::text, a.questionnaire::text, a.version::text, a.result
    from assessment a where a.id = p_assessment and a.organisation_id = v_unit.organisation_id and a.state = 'submitted';
  perform set_config('app.org', coalesce(v_parent::text, ''), true);
end $$;

-- 4. Territory groups. Members see the group; whoever holds a letter sees it too.
create function in_territory(p_territory uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from territory_member m where m.territory_id = p_territory and m.organisation_id = app_org() and m.left_at is null)
$$;
create policy members on territory for select using (
  created_by = app_org() or in_territory(id) or letter_shown('territory', null, id));
create policy made on territory for insert with check (created_by = app_org());
create policy own on territory_member for select using (organisation_id = app_org());
create policy consented on territory_member for insert with check (organisation_id = app_org() and left_at is null
  and signed_by = app_person() and (letter_shown('territory', null, territory_id)
    or exists (select from territory t where t.id = territory_id and t.created_by = app_org())));
create policy own_again on territory_member for update using (organisation_id = app_org()) with check (organisation_id = app_org());
create policy own on shared_indicator using (organisation_id = app_org())
  with check (organisation_id = app_org() and in_territory(territory_id)
    and exists (select from action a where a.id = action_id and a.organisation_id = app_org()));

-- A consent that ended is history, and what was once signed is never signed otherwise.
create function keep_what_was_signed() returns trigger language plpgsql as $$
begin
  if old.left_at is not null or (new.id, new.territory_id, new.organisation_id, new.consent_version, new.wording_hash, new.locale,
      new.signed_by, new.signed_name, new.consented_at) is distinct from (old.id, old.territory_id, old.organisation_id,
      old.consent_version, old.wording_hash, old.locale, old.signed_by, old.signed_name, old.consented_at)
      or (old.scores_known_since is not null and new.scores_known_since is distinct from old.scores_known_since) then
    raise exception 'a consent is never changed once signed' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger signed before update on territory_member for each row execute function keep_what_was_signed();

-- Whether an organisation shows the group at least one figure: whoever shows nothing sees nothing of the others'.
-- Reads as that organisation; the caller sets `app.org` back.
create function shows_something(p_member territory_member) returns boolean language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform set_config('app.org', p_member.organisation_id::text, true);
  return exists (select from shared_indicator s join kpi_reading k on k.action_id = s.action_id
      where s.territory_id = p_member.territory_id and s.organisation_id = p_member.organisation_id)
    or (p_member.shows_total or p_member.shows_elements) and exists (select from assessment a
      join territory t on t.id = p_member.territory_id
      where a.organisation_id = p_member.organisation_id and a.questionnaire = t.questionnaire and a.state = 'submitted');
end $$;

-- Who is in the group, for its members: names, since when, whether they show anything.
create function territory_people(p_territory uuid) returns table (organisation_id uuid, name text, since timestamptz, shows boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_caller uuid := app_org(); v_member territory_member; v_shows boolean;
begin
  if not in_territory(p_territory) then return; end if;
  for v_member in select * from territory_member m where m.territory_id = p_territory and m.left_at is null order by m.consented_at loop
    v_shows := shows_something(v_member);
    return query select o.id, o.name::text, v_member.consented_at, v_shows from organisation o where o.id = v_member.organisation_id;
  end loop;
  perform set_config('app.org', coalesce(v_caller::text, ''), true);
end $$;

-- The shared indicators with their readings, and the shared scores of the last submitted round: for members that show something.
create function territory_indicators(p_territory uuid) returns table (organisation_id uuid, heading text, kpi text, unit text,
  direction text, baseline numeric, target numeric, due_on date, readings jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_caller uuid := app_org(); v_member territory_member; v_own territory_member;
begin
  select * into v_own from territory_member m where m.territory_id = p_territory and m.organisation_id = v_caller and m.left_at is null;
  if not found or not shows_something(v_own) then return; end if;
  for v_member in select * from territory_member m where m.territory_id = p_territory and m.left_at is null loop
    perform set_config('app.org', v_member.organisation_id::text, true);
    return query select v_member.organisation_id, s.heading::text, a.kpi_name::text, a.kpi_unit::text, a.kpi_direction::text,
        a.kpi_baseline, a.kpi_target, a.due_on, coalesce((select jsonb_agg(jsonb_build_array(k."on", k.value::text) order by k."on", k.id)
          from kpi_reading k where k.action_id = a.id), '[]')
      from shared_indicator s join action a on a.id = s.action_id and a.organisation_id = s.organisation_id
      where s.territory_id = p_territory and s.organisation_id = v_member.organisation_id;
  end loop;
  perform set_config('app.org', coalesce(v_caller::text, ''), true);
end $$;
create function territory_scores(p_territory uuid) returns table (organisation_id uuid, name text, version text, submitted_at timestamptz,
  level int, scores jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_caller uuid := app_org(); v_member territory_member; v_own territory_member; v_questionnaire text;
begin
  select * into v_own from territory_member m where m.territory_id = p_territory and m.organisation_id = v_caller and m.left_at is null;
  if not found or not shows_something(v_own) then return; end if;
  select t.questionnaire into v_questionnaire from territory t where t.id = p_territory;
  for v_member in select * from territory_member m where m.territory_id = p_territory and m.left_at is null
      and (m.shows_total or m.shows_elements) loop
    perform set_config('app.org', v_member.organisation_id::text, true);
    return query select v_member.organisation_id, a.name::text, a.version::text, a.submitted_at,
        case when v_member.shows_total then (a.result -> 'maturity' ->> 'level')::int end,
        (select jsonb_object_agg(e.key, e.value) from jsonb_each(scores_in(a.result)) e
          where (e.key = 'total' and v_member.shows_total) or (e.key <> 'total' and v_member.shows_elements))
      from assessment a where a.organisation_id = v_member.organisation_id and a.questionnaire = v_questionnaire and a.state = 'submitted'
      order by a.opens_on desc, a.submitted_at desc limit 1;
  end loop;
  perform set_config('app.org', coalesce(v_caller::text, ''), true);
end $$;

-- 5. Whose scores somebody may know by these ways, or could once: a benchmark hides accordingly (docs/benchmarks.md).
create function known_through_structures() returns setof uuid language sql stable security definer set search_path = public, pg_temp as $$
  with mine as (select app_org() as id union select m.organisation_id from membership m where m.person_id = app_person()
    union select d.organisation_id from mandate d where d.consultant_id = app_person())
  select u.organisation_id from unit u join mine on mine.id = u.parent_id
  union select other.organisation_id from territory_member own join mine on mine.id = own.organisation_id
    join territory_member other on other.territory_id = own.territory_id and other.organisation_id <> own.organisation_id
    where other.scores_known_since is not null
      and (own.left_at is null or own.left_at > other.scores_known_since)
      and (other.left_at is null or other.left_at > own.consented_at)
$$;
