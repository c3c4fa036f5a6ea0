alter table brought_file enable row level security;
alter table brought_file force row level security;
-- A file may hold what only its bearer may read: answers given alone, before a round is opened.
create policy tenant on brought_file using (organisation_id = app_org() and brought_by = app_person())
  with check (organisation_id = app_org() and brought_by = app_person());

-- A transaction that carries out a file says its name once; every change of an answer in it then tells where it came from.
alter table answer_event alter column source set default left(coalesce(current_setting('app.source', true), ''), 200);

create or replace function answer_history(p_assessment uuid, p_code text) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('by', h.person_name, 'at', h.at, 'state', h.after ->> 'state',
    'level', h.after -> 'level', 'value', h.after -> 'value', 'source', h.source,
    'fields', (select coalesce(jsonb_agg(k), '[]')
      from jsonb_object_keys(coalesce(h.before, '{}') || h.after) k
      where h.after -> k is distinct from h.before -> k)) order by h.revision desc), '[]')
  from (select * from answer_event e where e.assessment_id = p_assessment and e.code = p_code order by e.revision desc limit 12) h
$$;
