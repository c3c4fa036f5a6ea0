-- What proves a person beside the password is theirs alone: nobody reads it but them.
do $$
declare t text;
begin
  foreach t in array array['authenticator_app', 'recovery_code', 'passkey', 'known_browser', 'pending_proof'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own on %I using (person_id = app_person()) with check (person_id = app_person())', t);
    execute format('create index %I on %I (person_id)', t || '_of', t);
  end loop;
end $$;

-- A proof under way belongs to whoever holds the secret of its cookie: nobody is signed in yet.
create policy held on pending_proof using (fingerprint = app_link()) with check (fingerprint = app_link());

-- The worker forgets what is over.
create policy seen_over on pending_proof for select to palier_worker using (expires_at < now());
create policy over on pending_proof for delete to palier_worker using (expires_at < now());
create policy seen_over on known_browser for select to palier_worker using (seen_at < now() - interval '1 year');
create policy over on known_browser for delete to palier_worker using (seen_at < now() - interval '1 year');

-- Somebody came in with this browser. Its cookie is renewed each time: whoever else uses the browser stays known to it.
-- Answers whether the person has come in before, and never with this browser. The caller's view is given back.
create policy renewed on known_browser for update using (fingerprint = app_link()) with check (true);
create policy renewing on known_browser for select using (fingerprint = app_link());
create function meet_browser(p_id uuid, p_person uuid, p_before text, p_now text, p_user_agent text, p_at timestamptz)
returns boolean language plpgsql as $$
declare
  v_person text := current_setting('app.person', true);
  v_link text := current_setting('app.link', true);
  v_known boolean;
  v_others boolean;
begin
  perform set_config('app.person', p_person::text, true), set_config('app.link', p_before, true);
  update known_browser set fingerprint = p_now where fingerprint = p_before;
  update known_browser set seen_at = p_at, user_agent = p_user_agent
    where person_id = p_person and fingerprint = p_now and p_before <> '';
  v_known := found;
  select exists (select from known_browser where person_id = p_person) into v_others;
  if not v_known then
    insert into known_browser (id, person_id, fingerprint, user_agent, created_at, seen_at)
    values (p_id, p_person, p_now, p_user_agent, p_at, p_at);
  end if;
  perform set_config('app.person', coalesce(v_person, ''), true), set_config('app.link', coalesce(v_link, ''), true);
  return v_others and not v_known;
end $$;
