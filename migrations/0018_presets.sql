-- A preset is its organisation's, or a consultant's own and then read by no client.
alter table report_preset enable row level security;
alter table report_preset force row level security;
alter table report_preset add constraint report_preset_of_one check ((organisation_id is null) <> (person_id is null));
create policy tenant on report_preset using (organisation_id = app_org()) with check (organisation_id = app_org());
create policy own on report_preset using (person_id = app_person()) with check (person_id = app_person());
