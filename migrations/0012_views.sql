-- A calendar address is its person's alone; a calendar that presents it finds the one row it names, and reads only.
alter table calendar_feed enable row level security;
alter table calendar_feed force row level security;
create policy worker on calendar_feed to palier_worker using (true) with check (true);
create policy own on calendar_feed using (person_id = app_person()) with check (person_id = app_person());
create policy held on calendar_feed for select using (fingerprint = app_link());
