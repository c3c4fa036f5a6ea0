-- 1. Who sees what was asked: the person themselves, the owners of the organisation, the worker.
do $$
declare t text;
begin
  foreach t in array array['parcel', 'erasure', 'retention'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
end $$;
create policy own on parcel using (person_id = app_person()) with check (
  person_id = app_person() and (organisation_id is null or organisation_id = app_org()));
create policy own on erasure for select using (
  (organisation_id is null and person_id = app_person()) or organisation_id = app_org() or fingerprint = app_link());
create policy asked on erasure for insert with check (
  person_id = app_person() and (organisation_id is null or organisation_id = app_org()));
create policy stopped on erasure for update using (
  (organisation_id is null and person_id = app_person()) or organisation_id = app_org() or fingerprint = app_link());
create policy tenant on retention using (organisation_id = app_org()) with check (organisation_id = app_org());

-- One erasure waits at a time. Once asked, nothing about it changes but that it was stopped, or done; and it stays.
create unique index erasure_waiting on erasure (coalesce(organisation_id, person_id)) where stopped_at is null and done_at is null;
create function keep_an_erasure() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'stopped_at' - 'done_at' - 'counts') is distinct from (to_jsonb(old) - 'stopped_at' - 'done_at' - 'counts')
      or (old.stopped_at is not null and new.stopped_at is distinct from old.stopped_at)
      or (old.done_at is not null and to_jsonb(new) is distinct from to_jsonb(old))
      or ((new.done_at is distinct from old.done_at or new.counts is distinct from old.counts) and not is_erasure()) then
    raise exception 'an erasure that was asked for can only be stopped' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger asked_once before update on erasure for each row execute function keep_an_erasure();

-- Whether an organisation has no other owner. Its members are nobody's business: only yes or no comes out.
create function sole_owner(p_org uuid, p_person uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare v_before text := current_setting('app.org', true); v_sole boolean;
begin
  perform set_config('app.org', p_org::text, true);
  v_sole := not exists (select from membership m where m.organisation_id = p_org and m.role = 'owner' and m.person_id <> p_person);
  perform set_config('app.org', coalesce(v_before, ''), true);
  return v_sole;
end $$;

-- 2. The one exception to what is written once: an erasure that was asked for and is due. It is the owner of the tables
-- who changes rows then, inside the functions below; neither the web process nor the worker ever is.
create function is_erasure() returns boolean language sql stable as $$
  select coalesce(current_setting('app.erasure', true), '') <> ''
    and current_user = (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = 'public.person'::regclass)
$$;

-- What is written once stays so, but for names: where `names_only` looks at every row that changes.
create or replace function refuse_rewriting() returns trigger language plpgsql as $$
begin
  if is_erasure() and ((tg_op = 'UPDATE' and exists (select from pg_trigger g where g.tgrelid = tg_relid and g.tgname = 'names_only'))
      or (tg_op = 'DELETE' and tg_table_name in ('correction', 'used_definition'))) then
    return null;
  end if;
  raise exception 'rows of % are never changed once written', tg_table_name using errcode = 'P0403';
end $$;

-- A text without the person: names become the pseudonym, addresses an address of nobody.
create function without_person(p_text text) returns text language sql stable as $$
  select regexp_replace(regexp_replace(p_text, current_setting('app.erased_address'), current_setting('app.erased_to'), 'gi'),
    current_setting('app.erased_name'), current_setting('app.erased_as'), 'gi')
$$;

-- A row may differ from what it was in nothing but the person's names. (The audit trail has its own rule: migration 0034.)
create function names_only() returns trigger language plpgsql as $$
declare v_old jsonb := to_jsonb(old); v_new jsonb := to_jsonb(new); v_key text; v_was text; v_is text;
begin
  for v_key in select n.key from jsonb_each(v_new) n where n.value is distinct from v_old -> n.key loop
    v_was := v_old ->> v_key; v_is := v_new ->> v_key;
    continue when v_key like '%\_name' and v_is = current_setting('app.erased_as', true);
    continue when coalesce(current_setting('app.erased_name', true), '') <> '' and (v_is = without_person(v_was)
      or (length(v_is) >= 20 and length(v_is) < length(without_person(v_was)) and starts_with(without_person(v_was), v_is)));
    raise exception 'an erasure changes names only, not %.%', tg_table_name, v_key using errcode = 'P0403';
  end loop;
  return new;
end $$;
do $$
declare t text;
begin
  foreach t in array array['answer_event', 'response_event', 'agreement', 'consent', 'correction', 'issued_file',
                           'edition', 'answer', 'evidence', 'practice_version', 'practice_comment', 'assessment', 'visit', 'territory_member', 'unit'] loop
    execute format('create trigger names_only before update on %I for each row when (is_erasure()) execute function names_only()', t);
  end loop;
end $$;

-- What is frozen row by row lets the erasure through to `names_only`.
drop trigger frozen on answer;
create trigger frozen before insert or update or delete on answer for each row when (not is_erasure())
  execute function refuse_changing_a_submitted_answer();
drop trigger frozen on evidence_use;
create trigger frozen before insert or update or delete on evidence_use for each row when (not is_erasure())
  execute function refuse_changing_a_submitted_answer();
drop trigger frozen on evidence;
create trigger frozen before update or delete on evidence for each row when (not is_erasure())
  execute function refuse_changing_shown_evidence();
drop trigger frozen on assessment;
create trigger frozen before update on assessment for each row when (not is_erasure())
  execute function refuse_changing_a_submitted_assessment();
drop trigger told on practice_version;
create trigger told before update on practice_version for each row when (not is_erasure())
  execute function refuse_rewriting_a_practice();
drop trigger spoken_once on practice_comment;
create trigger spoken_once before update on practice_comment for each row when (not is_erasure())
  execute function refuse_rewriting_a_comment();
drop trigger kept on visit;
create trigger kept before update on visit for each row when (not is_erasure()) execute function keep_visit();
drop trigger signed on territory_member;
create trigger signed before update on territory_member for each row when (not is_erasure()) execute function keep_what_was_signed();
drop trigger sides on unit;
create trigger sides before update on unit for each row when (not is_erasure()) execute function keep_to_one_s_own_side();

-- An organisation whose erasure is due may be taken away whole, like a throw-away copy.
create or replace function is_being_erased(p_org uuid) returns boolean language sql stable as $$
  select coalesce(current_setting('app.erasing', true) = p_org::text, false)
    and (exists (select from organisation o where o.id = p_org and o.sandbox_until is not null) or is_erasure())
$$;

-- 3. The steps come from the inventory (palier.privacy.rules): which tables and columns, never what to do with them.
create function erasure_pattern(p_names text[]) returns text language sql immutable as $$
  select '(?<![[:alnum:]])(?:' || string_agg(replace(replace(replace(replace(regexp_replace(n, '([\\.*+?(){}|^$\[\]-])', '\\\1', 'g'),
      '''', '(?:''|’|&#39;|&#x27;)'), '’', '(?:''|’|&#39;|&#x27;)'), ' ', '[[:space:]' || chr(160) || ']+'), '"', '(?:"|\\"|&#34;|&quot;)'), '|')
    || ')(?![[:alnum:]])' from unnest(p_names) n
$$;

-- A cast that cuts what grows too long for its column.
create function column_type(p_table text, p_column text) returns text language sql stable as $$
  select format_type(a.atttypid, a.atttypmod) from pg_attribute a
  where a.attrelid = format('public.%I', p_table)::regclass and a.attname = p_column
$$;

create function erase_person(p_erasure uuid, p_steps jsonb) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_who uuid; v_person person; v_step jsonb; v_column text; v_scope uuid[] := '{}'; v_some uuid[]; v_names text[]; v_more text[];
  v_texts text; v_sets text; v_where text; v_n bigint; v_counts jsonb := '{}'; v_reports uuid[]; v_row record;
begin
  perform set_config('app.erasure', p_erasure::text, true);
  select e.person_id into v_who from erasure e where e.id = p_erasure and e.organisation_id is null
    and e.stopped_at is null and e.done_at is null and e.due_at <= clock_timestamp() for update;
  if v_who is null then raise exception 'nobody asked for this erasure, or its day has not come' using errcode = 'P0403'; end if;
  select * into v_person from person where id = v_who for update;

  -- Where the person left traces: those organisations and networks, the networks of these organisations; the names they had.
  v_names := array[v_person.name];
  for v_step in select * from jsonb_array_elements(p_steps -> 'people') loop
    for v_column in select jsonb_array_elements_text(v_step -> 'scopes') loop
      execute format('select array_agg(distinct %I) from %I where %I = $1', v_column, v_step ->> 'table', v_step ->> 'column')
        into v_some using v_who;
      v_scope := v_scope || coalesce(v_some, '{}');
    end loop;
  end loop;
  for v_step in select * from jsonb_array_elements(p_steps -> 'names') loop
    execute format('select array_agg(distinct %I::text) from %I where %I = $1 and %1$I like ''%% %%'' and length(%1$I) > 4',
      v_step ->> 'column', v_step ->> 'table', v_step ->> 'beside') into v_more using v_who;
    v_names := v_names || coalesce(v_more, '{}');
  end loop;
  v_scope := v_scope || array(select m.network_id from network_member m where m.organisation_id = any (v_scope));
  select array_agg(distinct n) into v_names from unnest(v_names) n where n like '% %';  -- a single word names too many people
  v_names := coalesce(v_names, '{}') || ('@' || v_person.name);

  perform set_config('app.erased_name', erasure_pattern(v_names), true),
    set_config('app.erased_as', p_steps ->> 'pseudonym', true),
    set_config('app.erased_to', 'erased-' || left(replace(v_who::text, '-', ''), 12) || '@erased.invalid', true),
    set_config('app.erased_address', '(?<![[:alnum:]._%+-])' || regexp_replace(v_person.email, '([\\.*+?(){}|^$\[\]-])', '\\\1', 'g')
      || '(?![[:alnum:]-])', true);

  -- Documents that print a name are made anew without it.
  select array_agg(r.id) into v_reports from report r where r.organisation_id = any (v_scope)
    and (r.created_by = v_who or r.content::text ~* current_setting('app.erased_name')
      or strpos(lower(r.content::text), v_person.email) > 0);

  for v_step in select * from jsonb_array_elements(p_steps -> 'names') loop
    execute format('update %I set %I = $2::%s where %I = $1 and %2$I <> '''' and %2$I is distinct from $2', v_step ->> 'table',
      v_step ->> 'column', column_type(v_step ->> 'table', v_step ->> 'column'), v_step ->> 'beside')
      using v_who, p_steps ->> 'pseudonym';
    get diagnostics v_n = row_count;
    if v_n > 0 then v_counts := v_counts || jsonb_build_object((v_step ->> 'table') || '.' || (v_step ->> 'column'), v_n); end if;
  end loop;

  for v_step in select * from jsonb_array_elements(p_steps -> 'rows') loop
    execute format('delete from %I where %I = $1', v_step ->> 'table', v_step ->> 'column')
      using v_who;
    get diagnostics v_n = row_count;
    if v_n > 0 then v_counts := v_counts || jsonb_build_object(v_step ->> 'table', v_n); end if;
  end loop;
  for v_step in select * from jsonb_array_elements(p_steps -> 'letters') loop
    execute format('delete from %I where lower(%I) = $1', v_step ->> 'table', v_step ->> 'column') using v_person.email;
    get diagnostics v_n = row_count;
    if v_n > 0 then v_counts := v_counts || jsonb_build_object(v_step ->> 'table', v_n); end if;
  end loop;
  update mandate set revoked_at = clock_timestamp() where consultant_id = v_who and revoked_at is null;

  for v_step in select * from jsonb_array_elements(p_steps -> 'texts') loop
    select string_agg(format('%I::text', c), ', '),
           string_agg(format('%1$I = without_person(%1$I::text)::%2$s', c, column_type(v_step ->> 'table', c)), ', ')
      into v_texts, v_sets from jsonb_array_elements_text(v_step -> 'columns') c;
    select string_agg(format('%I = any ($1)', c), ' or ') into v_where from jsonb_array_elements_text(v_step -> 'scopes') c;
    execute format('update %I set %s where (%s and concat_ws('' '', %s) ~* $2) or strpos(lower(concat_ws('' '', %4$s)), $3) > 0',
      v_step ->> 'table', v_sets, coalesce('(' || v_where || ')', 'true'), v_texts)
      using v_scope, current_setting('app.erased_name'), v_person.email;
    get diagnostics v_n = row_count;
    if v_n > 0 then
      v_counts := v_counts || jsonb_build_object(v_step ->> 'table', coalesce((v_counts ->> (v_step ->> 'table'))::bigint, 0) + v_n);
    end if;
  end loop;

  for v_row in
    select a.chain, array_agg(a.seq order by a.seq) as seqs from audit_entry a where a.details <> '' and a.verb <> 'privacy.erased' and (
      (a.chain = any (v_scope) and a.details ~* current_setting('app.erased_name'))
      or strpos(lower(a.details), v_person.email) > 0
      or (a.chain = '00000000-0000-0000-0000-000000000000' and (a.person_id = v_who or a.subject = 'person ' || v_who)))
    group by a.chain
  loop
    perform erase_audit_details(v_row.chain, v_row.seqs, null, '', null, 'person ' || v_who);
    v_counts := v_counts || jsonb_build_object('audit_entry', coalesce((v_counts ->> 'audit_entry')::bigint, 0) + cardinality(v_row.seqs));
  end loop;

  update person set name = p_steps ->> 'pseudonym', email = current_setting('app.erased_to'), password_hash = '',
    email_confirmed_at = null, theme = 'auto', shortcuts = true where id = v_who;
  update erasure set done_at = clock_timestamp(), counts = v_counts where id = p_erasure;
  perform set_config('app.erasure', '', true), set_config('app.erased_name', '', true), set_config('app.erased_address', '', true);
  return jsonb_build_object('counts', v_counts, 'reports', to_jsonb(coalesce(v_reports, '{}')));
end $$;

-- 4. An organisation goes whole. What stays names nothing of it: hashes of its trail, its place in sealed batches.
create function erase_organisation(p_erasure uuid, p_tables text[]) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_org uuid; v_slug text; v_name text; t text; v_n bigint; v_counts jsonb := '{}'; v_own text[]; v_seqs bigint[];
begin
  perform set_config('app.erasure', p_erasure::text, true);
  select e.organisation_id into v_org from erasure e where e.id = p_erasure and e.organisation_id is not null
    and e.stopped_at is null and e.done_at is null and e.due_at <= clock_timestamp() for update;
  if v_org is null then raise exception 'nobody asked for this erasure, or its day has not come' using errcode = 'P0403'; end if;
  perform set_config('app.org', v_org::text, true), set_config('app.erasing', v_org::text, true);
  select o.slug, o.name into v_slug, v_name from organisation o where o.id = v_org for update;
  if exists (select from contribution c join edition_draft d on d.campaign_id = c.campaign_id and d.set_aside_at is null
             where c.organisation_id = v_org and not exists (select from edition e where e.campaign_id = c.campaign_id)) then
    raise exception 'a campaign it takes part in is sealed and not published yet' using errcode = 'P0423';
  end if;

  v_own := array(select q.hash from own_questionnaire q where q.organisation_id = v_org and q.network_id is null);
  update contribution set scores = null where organisation_id = v_org and scores is not null
    and exists (select from edition_draft d where d.campaign_id = contribution.campaign_id);
  delete from contribution where organisation_id = v_org
    and not exists (select from edition_draft d where d.campaign_id = contribution.campaign_id);
  foreach t in array p_tables loop
    execute format('delete from %I where organisation_id = $1', t) using v_org;
    get diagnostics v_n = row_count;
    if v_n > 0 then v_counts := v_counts || jsonb_build_object(t, v_n); end if;
  end loop;
  delete from operation where location = '/o/' || v_slug or location like '/o/' || v_slug || '/%';
  delete from mail where strpos(concat_ws(' ', subject, text, html, sender), v_name) > 0
    or strpos(concat_ws(' ', text, refuse), '/o/' || v_slug || '/') > 0;
  delete from organisation where id = v_org;  -- memberships, invitations, mandates, networks, practices follow
  delete from used_definition u where u.hash = any (v_own) and not exists (select from assessment a where a.definition_hash = u.hash)
    and not exists (select from own_questionnaire q where q.hash = u.hash);

  v_seqs := array(select a.seq from audit_entry a where a.chain = v_org and a.details <> '' and a.verb <> 'privacy.erased' order by a.seq);
  if cardinality(v_seqs) > 0 then perform erase_audit_details(v_org, v_seqs, null, '', null, 'organisation ' || v_org); end if;
  update erasure set done_at = clock_timestamp(), counts = v_counts where id = p_erasure;
  perform set_config('app.erasing', '', true), set_config('app.erasure', '', true);
  return v_counts;
end $$;

-- 5. Details of the trail older than an organisation keeps them, at most so many at a time.
create function forget_old_details(p_chain uuid, p_before timestamptz, p_most int) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_seqs bigint[];
begin
  if p_before > clock_timestamp() - interval '360 days' then
    raise exception 'details are kept for a year at least' using errcode = 'P0403';
  end if;
  perform set_config('app.erasure', p_chain::text, true), set_config('app.org', p_chain::text, true);
  v_seqs := array(select a.seq from audit_entry a where a.chain = p_chain and a.details <> '' and a.verb <> 'privacy.erased' and a.at < p_before order by a.seq limit p_most);
  if cardinality(v_seqs) > 0 then perform erase_audit_details(p_chain, v_seqs, null, '', null, 'old details'); end if;
  perform set_config('app.erasure', '', true);
  return cardinality(v_seqs);
end $$;

-- 6. What is held about a person, in every organisation: read while their own parcel is being made, row by row, in the columns asked for.
create function held_about(p_parcel uuid, p_steps jsonb) returns table (held_in text, found jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_who uuid; v_email text; v_step jsonb; v_columns text; v_by text;
begin
  perform set_config('app.erasure', p_parcel::text, true);
  select r.person_id into v_who from parcel r where r.id = p_parcel and r.organisation_id is null and r.state = 'running';
  if v_who is null then raise exception 'nobody asked for this parcel' using errcode = 'P0403'; end if;
  select p.email into v_email from person p where p.id = v_who;
  for v_step in select * from jsonb_array_elements(p_steps) loop
    select string_agg(format('%L, t.%I', c, c), ', ') into v_columns from jsonb_array_elements_text(v_step -> 'columns') c;
    select string_agg(case when v_step ->> 'by' = 'address' then format('lower(t.%I) = $2', c) else format('t.%I = $1', c) end, ' or ')
      into v_by from jsonb_array_elements_text(v_step -> 'who') c;
    return query execute format('select %L::text, jsonb_build_object(%s) from %I t where %s', v_step ->> 'table', v_columns,
      v_step ->> 'table', v_by) using v_who, v_email;
  end loop;
  return query select 'organisation'::text, jsonb_build_object('id', o.id, 'name', o.name, 'slug', o.slug) from organisation o
    where o.id in (select m.organisation_id from membership m where m.person_id = v_who union
                   select d.organisation_id from mandate d where d.consultant_id = v_who);
  perform set_config('app.erasure', '', true);
end $$;

-- 7. A document whose content named somebody who is erased now: its file and its marked copies go, and it is made anew.
create function unprint(p_report uuid) returns table (organisation uuid, key text, remake boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_report report; v_files uuid[];
begin
  perform set_config('app.erasure', p_report::text, true);
  select * into v_report from report where id = p_report for update;
  v_files := array(select f from unnest(array[v_report.file_id] || array(
    select l.file_id from shared_link l where l.report_id = p_report and l.watermark <> '')) f where f is not null);
  update shared_link set revoked_at = clock_timestamp(), file_id = null where report_id = p_report and watermark <> '' and revoked_at is null;
  update report set file_id = null, pages = null, attempts = 0, finished_at = null,
    state = 'queued' where id = p_report and state = 'done';
  return query with gone as (delete from stored_file s where s.id = any (v_files) returning s.key)
    select v_report.organisation_id, g.key::text, v_report.state = 'done' from gone g;
  perform set_config('app.erasure', '', true);
end $$;

-- 8. The worker deletes what is past its time, for one organisation at a time.
create policy purged on brought_file to palier_worker using (organisation_id = app_org());
create policy purged on topic_comment for delete to palier_worker using (organisation_id = app_org());
