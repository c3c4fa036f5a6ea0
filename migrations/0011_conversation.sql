-- 1. Whether a topic stands, for the organisation that asks. A room that wants conversations replaces this whole, with its table.
create function topic_stands(p_topic text, p_id uuid) returns boolean language sql stable as $$
  select case p_topic
    when 'action' then exists (select from action a where a.id = p_id and a.organisation_id = app_org())
    else false end
$$;

-- 2. Everybody who reads the organisation reads; one's words are one's own.
do $$
declare t text;
begin
  foreach t in array array['topic_comment', 'topic_file'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy readable on %I for select using (organisation_id = app_org())', t);
    execute format('create index %I on %I (organisation_id, topic, topic_id)', t || '_of', t);
  end loop;
end $$;

create policy said on topic_comment for insert with check (
  organisation_id = app_org() and person_id = app_person() and topic_stands(topic, topic_id));
create policy changed on topic_comment for update using (organisation_id = app_org() and person_id = app_person())
  with check (organisation_id = app_org() and person_id = app_person() and topic_stands(topic, topic_id));
create policy taken_back on topic_comment for delete using (
  organisation_id = app_org() and (person_id = app_person() or not topic_stands(topic, topic_id)));

create policy put on topic_file for insert with check (
  organisation_id = app_org() and topic_stands(topic, topic_id)
  and exists (select from stored_file f where f.id = file_id and f.organisation_id = app_org()));
create policy taken_away on topic_file for delete using (organisation_id = app_org());

-- 3. What was said about a topic goes with it; a stored file goes with its place beside a topic. Its bytes are swept at night.
create function end_conversation() returns trigger language plpgsql as $$
begin
  delete from topic_comment where topic = tg_argv[0] and topic_id = old.id;
  delete from topic_file where topic = tg_argv[0] and topic_id = old.id;
  return null;
end $$;
create trigger end_conversation after delete on action for each row execute function end_conversation('action');

create function drop_stored_file() returns trigger language plpgsql as $$
begin
  delete from stored_file where id = old.file_id;
  return null;
end $$;
create trigger drop_stored_file after delete on topic_file for each row execute function drop_stored_file();
