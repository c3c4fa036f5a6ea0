do $$
declare t text;
begin
  foreach t in array array['shared_link', 'link_opening'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create index %I on %I (organisation_id)', t || '_of', t);
  end loop;
end $$;
create index shared_link_of_report on shared_link (report_id);
create index link_opening_of_link on link_opening (link_id, at);

-- 1. A link belongs to the organisation of its document. The worker finds those that are over.
-- Asked through a function: the policies of the two tables look at each other, and their text may not.
create function report_stands(p_report uuid) returns boolean language sql stable as $$
  select exists (select from report r where r.id = p_report and r.organisation_id = app_org())
$$;
create policy tenant on shared_link using (organisation_id = app_org())
  with check (organisation_id = app_org() and report_stands(report_id));
create policy over on shared_link for select to palier_worker using (true);
create policy readable on link_opening for select using (organisation_id = app_org());

-- 2. Whoever holds a living link sees its row, its document, the one file it gives, and writes down the opening; nothing else.
-- Asked only where a link is presented at all, so that nobody else's queries pay for it.
create policy held on shared_link for select using (
  fingerprint = app_link() and revoked_at is null and expires_at > now());
create policy held on report for select using (
  app_link() is not null and id = (select l.report_id from shared_link l where l.fingerprint = app_link()));
create policy held on stored_file for select using (
  app_link() is not null and id = (
    select case when l.watermark = '' then r.file_id else l.file_id end
    from shared_link l join report r on r.id = l.report_id where l.fingerprint = app_link()));
create policy held on link_opening for select using (
  app_link() is not null and link_id = (select l.id from shared_link l where l.fingerprint = app_link()));
create policy opened on link_opening for insert with check (
  app_link() is not null and (link_id, organisation_id) = (
    select l.id, l.organisation_id from shared_link l where l.fingerprint = app_link()));

-- 3. What a consultant shared ends with their mandate.
create function end_links_of_mandate() returns trigger language plpgsql as $$
begin
  update shared_link set revoked_at = coalesce(revoked_at, new.revoked_at),
    expires_at = least(expires_at, (new.ends_on + 1)::timestamptz) where mandate_id = new.id;
  return null;
end $$;
create trigger end_links after update of revoked_at, ends_on on mandate for each row
  when (new.revoked_at is not null or new.ends_on < old.ends_on) execute function end_links_of_mandate();
