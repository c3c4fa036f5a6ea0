-- Whether the person asking is on the staff of this very network, acting for it.
create function is_staff_of(p_network uuid) returns boolean language sql stable as $$
  select p_network = app_network() and exists (select from network_manager m
    where m.network_id = p_network and m.person_id = app_person())
$$;

do $$
declare t text;
begin
  foreach t in array array['register_entry', 'campaign_plan', 'sent_notice', 'mail_choice', 'directory_listing', 'network_look',
                           'network_door', 'member_import', 'bulletin'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
  foreach t in array array['register_entry', 'campaign_plan', 'sent_notice', 'member_import', 'bulletin'] loop
    execute format('create policy staff on %I using (is_staff_of(network_id)) with check (is_staff_of(network_id))', t);
  end loop;
  foreach t in array array['network_look', 'network_door'] loop
    execute format('create policy staff on %I using (is_staff_of(id)) with check (is_staff_of(id))', t);
  end loop;
end $$;

create unique index register_entry_of_organisation on register_entry (network_id, organisation_id) where organisation_id is not null;
create index sent_notice_of_campaign on sent_notice (network_id, campaign_id);

-- Whoever holds the link sent to them finds the one row it names, and ties it to the organisation they act for.
create policy invited on register_entry for select using (fingerprint = app_link());
create policy joined on register_entry for update using (fingerprint = app_link() and organisation_id is null)
  with check (organisation_id = app_org() and network_id in (
    select m.network_id from network_member m where m.organisation_id = app_org()));
create policy known on network_door for select using (fingerprint = app_link());
create policy asked on mail_choice for select using (fingerprint = app_link());
create policy refused on mail_choice for update using (fingerprint = app_link()) with check (fingerprint = app_link());

-- What belongs to an invitation is not its holder's to change.
create function refuse_changing_the_register() returns trigger language plpgsql as $$
begin
  if current_user = 'palier_web' and not is_staff_of(old.network_id) and
      (to_jsonb(new) - 'organisation_id') is distinct from (to_jsonb(old) - 'organisation_id') then
    raise exception 'only the staff of a network changes its register' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger of_the_staff before update on register_entry for each row execute function refuse_changing_the_register();

-- A campaign's plan once launched keeps what it called for.
create function refuse_changing_a_launched_campaign() returns trigger language plpgsql as $$
begin
  if old.launched_at is not null and (new.launched_at, new.questionnaire, new.major, new.network_id)
      is distinct from (old.launched_at, old.questionnaire, old.major, old.network_id) then
    raise exception 'a launched campaign keeps its questionnaire' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger launched before update on campaign_plan for each row execute function refuse_changing_a_launched_campaign();

-- The directory: written by the member itself, read by the network's verified members, taken out by the member or the staff.
create policy readable on directory_listing for select using (
  organisation_id = app_org() or network_id = app_network() or network_id in (select readable_networks()));
create policy own on directory_listing for insert with check (
  organisation_id = app_org() and network_id in (select readable_networks()));
create policy changed on directory_listing for update using (organisation_id = app_org())
  with check (organisation_id = app_org() and network_id in (select readable_networks()));
create policy taken_out on directory_listing for delete using (organisation_id = app_org() or is_staff_of(network_id));

create function keep_listings_true() returns trigger language plpgsql as $$
begin
  if (new.name, new.sector, new.size, new.country) is distinct from (old.name, old.sector, old.size, old.country) then
    update directory_listing set name = new.name, sector = new.sector, size = new.size, country = new.country
      where organisation_id = new.id;
  end if;
  return new;
end $$;
create trigger listings after update on organisation for each row execute function keep_listings_true();

-- A network's look is no secret; its members' pages and mails wear it.
create policy shown on network_look for select using (true);
