-- The steps a lever came with become the first checklist of its action. The owner of the tables reads past the walls for it.
alter table action no force row level security;
insert into checklist_item (id, organisation_id, action_id, text, position)
  select gen_random_uuid(), a.organisation_id, a.id, left(step.words, 500), step.place
  from action a, jsonb_array_elements_text(a.steps) with ordinality as step (words, place);
alter table action force row level security;

do $$
declare t text;
begin
  foreach t in array array['action_dependency', 'checklist_item', 'action_review'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create index %I on %I (organisation_id)', t || '_of', t);
  end loop;
  foreach t in array array['checklist_item', 'action_review'] loop
    execute format('create policy tenant on %I using (organisation_id = app_org()) with check (organisation_id = app_org()
      and exists (select from action a where a.id = action_id and a.organisation_id = app_org()))', t);
    execute format('create index %I on %I (action_id)', t || '_of_action', t);
  end loop;
end $$;

create policy tenant on action_dependency using (organisation_id = app_org()) with check (organisation_id = app_org()
  and exists (select from action a where a.id = action_id and a.organisation_id = app_org())
  and exists (select from action a where a.id = requires_id and a.organisation_id = app_org()));
create index action_dependency_of_required on action_dependency (requires_id);

-- Nothing waits for itself, however far round; two who add an edge at once wait for each other.
create function refuse_waiting_in_a_circle() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('action_dependency ' || new.organisation_id, 0));
  if exists (
      with recursive needed (id) as (
        select new.requires_id
        union
        select d.requires_id from action_dependency d join needed n on d.action_id = n.id)
      select from needed where id = new.action_id) then
    raise exception 'actions would wait for one another' using errcode = 'P0422';
  end if;
  return new;
end $$;
create trigger acyclic before insert or update on action_dependency for each row execute function refuse_waiting_in_a_circle();
