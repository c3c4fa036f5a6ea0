do $$
declare t text;
begin
  foreach t in array array['hand_over', 'mandate_reminder'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I using (organisation_id = app_org()) with check (organisation_id = app_org())', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
end $$;
create policy worker on mandate to palier_worker using (true) with check (true);

-- A consultant finds their own proposals, and the one that brought them a client, before any organisation is chosen.
create policy concerned on hand_over for select
  using (proposer_id = app_person() or (receiver_id = app_person() and state = 'accepted'));

-- One proposal about a mandate at a time; once decided it is history.
create unique index hand_over_once on hand_over (mandate_id) where state = 'proposed';
create function refuse_deciding_twice() returns trigger language plpgsql as $$
begin
  raise exception 'this proposal is decided' using errcode = 'P0403';
end $$;
create trigger decided_once before update on hand_over for each row
  when (old.state <> 'proposed' and (new.state, new.mandate_id, new.receiver_id, new.new_mandate_id, new.decided_at)
    is distinct from (old.state, old.mandate_id, old.receiver_id, old.new_mandate_id, old.decided_at))
  execute function refuse_deciding_twice();

create index hand_over_of_organisation on hand_over (organisation_id);
create index hand_over_of_proposer on hand_over (proposer_id);
create index mandate_ending on mandate (ends_on) where revoked_at is null;
create index mandate_of_organisation on mandate (organisation_id);
