-- Every letter an address may refuse is in one table: a network's messages move there, and their links keep working.
alter table mail_choice no force row level security;
insert into letter_choice (id, topic, email, fingerprint, refused_at)
  select id, network_id::text, email, fingerprint, refused_at from mail_choice;

do $$
declare t text;
begin
  foreach t in array array['letter_choice', 'sent_reminder'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
end $$;

-- Whoever holds the link in a letter finds the one row it names; a person finds those of their own address.
create policy asked on letter_choice for select using (fingerprint = app_link());
create policy refused on letter_choice for update using (fingerprint = app_link()) with check (fingerprint = app_link());
create policy own on letter_choice using (email = (select p.email from person p where p.id = app_person()))
  with check (email = (select p.email from person p where p.id = app_person()));

create policy tenant on sent_reminder using (organisation_id = app_org()) with check (organisation_id = app_org());
create policy answered on sent_reminder for select using (fingerprint = app_link());

-- One letter of a kind about a thing and its date, whoever else runs: a digest is about its organisation.
create unique index sent_reminder_once on sent_reminder
  (organisation_id, email, kind, due_on, coalesce(action_id, organisation_id));
