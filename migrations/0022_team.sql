-- Who is asked what stays inside the organisation, and so do the reminders about it.
do $$
declare t text;
begin
  foreach t in array array['assignment', 'expected_respondent', 'reminder_plan', 'round_reminder'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I using (organisation_id = app_org()) with check (organisation_id = app_org())', t);
  end loop;
end $$;
create unique index reminder_plan_once on reminder_plan (assessment_id);

-- Whoever joins by an invitation takes over what was kept for its address, in the transaction in which they join.
create function hand_over_to_respondent() returns trigger language plpgsql as $$
begin
  insert into respondent (id, organisation_id, assessment_id, person_id, voice, due_on, asked_at)
  select gen_random_uuid(), e.organisation_id, e.assessment_id, new.accepted_by, e.voice, e.due_on, e.asked_at
  from expected_respondent e where e.organisation_id = new.organisation_id and e.email = new.email
  on conflict (assessment_id, person_id) do nothing;
  insert into assignment (id, organisation_id, assessment_id, person_id, code, assigned_at)
  select gen_random_uuid(), e.organisation_id, e.assessment_id, new.accepted_by, c.code, e.asked_at
  from expected_respondent e, jsonb_array_elements_text(e.codes) c (code)
  where e.organisation_id = new.organisation_id and e.email = new.email
  on conflict (assessment_id, person_id, code) do nothing;
  delete from expected_respondent e where e.organisation_id = new.organisation_id and e.email = new.email;
  return null;
end $$;
create trigger handed_over after update of accepted_at on invitation for each row
  when (old.accepted_at is null and new.accepted_at is not null and new.accepted_by is not null)
  execute function hand_over_to_respondent();
