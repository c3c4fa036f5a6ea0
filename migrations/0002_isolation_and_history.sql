-- Who is asking, as set by palier.foundation.database for each transaction.
create function app_org() returns uuid language sql stable as
  $$ select nullif(current_setting('app.org', true), '')::uuid $$;
create function app_person() returns uuid language sql stable as
  $$ select nullif(current_setting('app.person', true), '')::uuid $$;
create function app_network() returns uuid language sql stable as
  $$ select nullif(current_setting('app.network', true), '')::uuid $$;
create function app_link() returns text language sql stable as
  $$ select nullif(current_setting('app.link', true), '') $$;

-- 1. Tenant tables: the organisation acted for, and no other. The worker names the organisation it works for as well.
do $$
declare t text;
begin
  foreach t in array array['stored_file', 'assessment', 'answer', 'answer_event', 'action_plan', 'action', 'kpi_reading',
                           'dismissal', 'report'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I using (organisation_id = app_org()) with check (organisation_id = app_org())', t);
  end loop;
  foreach t in array array['organisation', 'membership', 'invitation', 'mandate', 'network_member', 'network_manager',
                           'campaign', 'participation', 'contribution', 'edition', 'release_row', 'batch_member',
                           'audit_entry', 'audit_head', 'mail'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
end $$;

-- 2. People find their own memberships and mandates before any organisation is chosen.
create policy tenant on membership using (organisation_id = app_org() or person_id = app_person())
  with check (organisation_id = app_org());
create policy tenant on mandate using (organisation_id = app_org() or consultant_id = app_person())
  with check (organisation_id = app_org());
create policy tenant on invitation using (organisation_id = app_org() or fingerprint = app_link())
  with check (organisation_id = app_org());
create policy tenant on network_manager using (person_id = app_person() or network_id = app_network())
  with check (network_id = app_network());

create policy network_or_self on network_member
  using (organisation_id = app_org() or network_id = app_network())
  with check (organisation_id = app_org() or network_id = app_network());

create policy reachable on organisation for select using (
  id = app_org()
  or id in (select m.organisation_id from membership m where m.person_id = app_person())
  or id in (select m.organisation_id from mandate m where m.consultant_id = app_person())
  or id in (select n.organisation_id from network_member n where n.network_id = app_network())
  or id in (select i.organisation_id from invitation i where i.fingerprint = app_link()));
create policy own on organisation for all using (id = app_org()) with check (id = app_org());

-- 3. Networks: staff see that rounds exist, verified members read what was published to them.
create policy everybody on campaign for select using (true);
create policy staff on campaign for all using (network_id = app_network()) with check (network_id = app_network());
create policy own_or_staff on participation using (organisation_id = app_org() or network_id = app_network())
  with check (organisation_id = app_org());
create policy own on contribution using (organisation_id = app_org()) with check (organisation_id = app_org());
-- Verified members read what was published to them; invented figures are anybody's who joined.
create function readable_networks() returns setof uuid language sql stable as $$
  select m.network_id from network_member m join network n on n.id = m.network_id
  where m.organisation_id = app_org() and m.left_on is null and (m.verified_at is not null or n.fictive)
$$;
create policy members on edition for select using (
  network_id = app_network() or network_id in (select readable_networks()));
create policy members on release_row for select using (
  network_id = app_network() or network_id in (select readable_networks()));
create policy members on batch_member for select using (
  network_id = app_network() or network_id in (select readable_networks()));

-- 4. The worker seals batches and publishes: it alone reads contributions of all members.
do $$
declare t text;
begin
  foreach t in array array['organisation', 'network_member', 'campaign', 'participation', 'contribution', 'edition',
                           'release_row', 'batch_member', 'membership', 'network_manager', 'mail'] loop
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
end $$;
create policy written on mail for insert with check (true);

-- 5. Audit trail: one chain a tenant, written by this function only.
create policy own on audit_entry for select using (chain in (app_org(), app_network()));
create policy written on audit_entry for insert with check (true);
create policy linked on audit_head using (true) with check (true);

create function audit_append(p_chain uuid, p_person uuid, p_role text, p_mandate uuid, p_verb text, p_subject text,
                             p_details text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_head audit_head; v_at timestamptz := clock_timestamp(); v_salt text := replace(gen_random_uuid()::text, '-', '');
  v_details_hash text; v_hash text;
begin
  insert into audit_head (chain, seq, hash) values (p_chain, 0, repeat('0', 64)) on conflict (chain) do nothing;
  select * into v_head from audit_head where chain = p_chain for update;
  v_details_hash := encode(sha256(convert_to(v_salt || p_details, 'UTF8')), 'hex');
  v_hash := encode(sha256(convert_to(jsonb_build_array(
    v_head.hash, (v_head.seq + 1)::text, to_char(v_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), p_chain::text,
    coalesce(p_person::text, ''), p_role, coalesce(p_mandate::text, ''), p_verb, p_subject, v_details_hash)::text,
    'UTF8')), 'hex');
  insert into audit_entry (chain, seq, at, person_id, role, mandate_id, verb, subject, details, salt, details_hash,
                           previous_hash, hash)
  values (p_chain, v_head.seq + 1, v_at, p_person, p_role, p_mandate, p_verb, p_subject, p_details, v_salt,
          v_details_hash, v_head.hash, v_hash);
  update audit_head set seq = v_head.seq + 1, hash = v_hash where chain = p_chain;
  return v_hash;
end $$;

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed once written', tg_table_name using errcode = 'P0403';
end $$;
create trigger written_once before update or truncate on audit_entry for each statement execute function refuse_rewriting();
create trigger written_once before update or truncate on answer_event for each statement execute function refuse_rewriting();
create trigger written_once before update or delete or truncate on edition for each statement execute function refuse_rewriting();
create trigger written_once before update or delete or truncate on release_row for each statement execute function refuse_rewriting();
create trigger written_once before update or delete or truncate on used_definition for each statement execute function refuse_rewriting();

-- The one exception: a throw-away copy is erased whole (11). Nobody but the tables' owner may delete these rows at all.
create function is_being_erased(p_org uuid) returns boolean language sql stable as $$
  select coalesce(current_setting('app.erasing', true) = p_org::text, false)
    and exists (select from organisation o where o.id = p_org and o.sandbox_until is not null)
$$;
create function refuse_deleting() returns trigger language plpgsql as $$
begin
  if is_being_erased((to_jsonb(old) ->> tg_argv[0])::uuid) then return old; end if;
  raise exception 'rows of % are never deleted', tg_table_name using errcode = 'P0403';
end $$;
create trigger kept before delete on audit_entry for each row execute function refuse_deleting('chain');
create trigger kept before delete on answer_event for each row execute function refuse_deleting('organisation_id');

-- 6. Submitted is frozen.
create function refuse_changing_a_submitted_answer() returns trigger language plpgsql as $$
begin
  if (select state from assessment where id = coalesce(new.assessment_id, old.assessment_id)) <> 'draft'
      and not (tg_op = 'DELETE' and is_being_erased(old.organisation_id)) then
    raise exception 'this assessment is submitted' using errcode = 'P0423';
  end if;
  return coalesce(new, old);
end $$;
create trigger frozen before insert or update or delete on answer for each row execute function refuse_changing_a_submitted_answer();

create function refuse_changing_a_submitted_assessment() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (new.state = 'draft' or
      (new.result, new.result_hash, new.submitted_at, new.definition_hash, new.questionnaire, new.version, new.benchmark_consent)
      is distinct from
      (old.result, old.result_hash, old.submitted_at, old.definition_hash, old.questionnaire, old.version, old.benchmark_consent)) then
    raise exception 'this assessment is submitted' using errcode = 'P0423';
  end if;
  return new;
end $$;
create trigger frozen before update on assessment for each row execute function refuse_changing_a_submitted_assessment();

-- 7. Jobs are asked for inside the transaction that needs them; the web process may do that and nothing else to the queue.
create function enqueue(p_task text, p_args jsonb, p_queueing_lock text default null, p_at timestamptz default null)
returns bigint language sql security definer set search_path = public, pg_temp as $$
  select (procrastinate_defer_jobs_v1(array[row('default', p_task, 0, null, p_queueing_lock, p_args, p_at)::procrastinate_job_to_defer_v1]))[1]
$$;

-- 8. Who is behind a session cookie, and what they are for the organisation in the address: one round trip a request.
create function whoami(p_fingerprint text, p_slug text)
returns table (session_id uuid, seen_at timestamptz, person_id uuid, name text, email text, locale text, theme text,
               time_zone text, shortcuts boolean, organisation_id uuid, slug text, organisation_name text,
               sandbox boolean, role text, mandate_id uuid)
language plpgsql as $$
declare v_person uuid;
begin
  select s.person_id into v_person from session s where s.fingerprint = p_fingerprint and s.expires_at > now();
  if v_person is null then return; end if;
  perform set_config('app.person', v_person::text, true);
  return query
    select s.id, s.seen_at, p.id, p.name::text, p.email::text, p.locale::text, p.theme::text, p.time_zone::text, p.shortcuts,
           o.id, o.slug::text, o.name::text, o.sandbox_until is not null,
           coalesce(m.role, case when d.id is not null then 'consultant' end)::text, case when m.id is null then d.id end
    from session s
    join person p on p.id = s.person_id
    left join organisation o on o.slug = p_slug and (o.sandbox_until is null or o.sandbox_until > now())
    left join membership m on m.organisation_id = o.id and m.person_id = p.id
    left join mandate d on d.organisation_id = o.id and d.consultant_id = p.id and d.revoked_at is null and d.ends_on >= current_date
    where s.fingerprint = p_fingerprint limit 1;
end $$;

-- 9. Indexes of the queries that run on every page.
create index answer_by_organisation on answer (organisation_id);
create index report_waiting on report (created_at) where state in ('queued', 'running');
create index mail_waiting on mail (created_at) where sent_at is null;
create index mandate_of_consultant on mandate (consultant_id);
create index membership_of_person on membership (person_id);
create index audit_by_subject on audit_entry (chain, subject);

-- 10. One save of one answer, in one round trip: looked up, compared, written, remembered and audited.
-- Outcomes: saved; unchanged (what was sent is what stands); replayed (this very operation was carried out before);
-- conflict (somebody else changed it since `p_base`); submitted (frozen); missing (no such round here).
-- `p_tried` are operations of this person whose answer never arrived: what they wrote is no conflict.
create function plain_answer(a answer) returns jsonb language sql immutable as $$
  select jsonb_build_object('state', coalesce(a.state, 'blank'), 'level', a.level, 'reason', coalesce(a.reason, ''),
    'rationale', coalesce(a.rationale, ''), 'evidence_grade', coalesce(a.evidence_grade, 'none'),
    'evidence', coalesce(a.evidence, ''), 'evidence_link', coalesce(a.evidence_link, ''),
    'to_review', coalesce(a.to_review, false))
$$;

-- The last changes of one answer, newest first: who, when, the choice it left, the fields it touched (no free text).
create function answer_history(p_assessment uuid, p_code text) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('by', h.person_name, 'at', h.at, 'state', h.after ->> 'state',
    'level', h.after -> 'level', 'fields', (select coalesce(jsonb_agg(k), '[]') from jsonb_object_keys(h.after) k
      where h.after -> k is distinct from h.before -> k)) order by h.revision desc), '[]')
  from (select * from answer_event e where e.assessment_id = p_assessment and e.code = p_code order by e.revision desc limit 12) h
$$;

create function save_answer(p_slug text, p_code text, p_op uuid, p_base int, p_tried uuid[], p_after jsonb, p_name text,
                            p_role text, p_mandate uuid, p_at timestamptz) returns jsonb
language plpgsql as $$
declare
  v_round assessment; v_answer answer; v_event answer_event; v_before jsonb; v_outcome text; v_revision int;
  v_person uuid := app_person(); v_org uuid := app_org(); v_op uuid := p_op;
begin
  -- Shared with other saves, exclusive with submitting: no answer slips in between the score and the lock.
  select * into v_round from assessment where organisation_id = v_org and slug = p_slug for share;
  if not found then return jsonb_build_object('outcome', 'missing'); end if;
  select * into v_answer from answer where assessment_id = v_round.id and code = p_code for update;
  v_before := plain_answer(v_answer);
  v_revision := coalesce(v_answer.revision, 0);

  select * into v_event from answer_event where op = p_op and assessment_id = v_round.id and code = p_code and person_id = v_person;
  if found and v_event.after = p_after then
    v_outcome := 'replayed'; v_revision := v_event.revision;
  elsif v_round.state <> 'draft' then
    v_outcome := 'submitted';
  elsif v_before = p_after then
    v_outcome := 'unchanged';
  elsif v_revision <> p_base and not exists (select from answer_event e where e.op = any (p_tried) and e.person_id = v_person
      and e.assessment_id = v_round.id and e.code = p_code and e.revision = v_revision) then
    v_outcome := 'conflict';
  else
    v_outcome := 'saved'; v_revision := v_revision + 1;
    -- The same form sent again with other words is another operation.
    if v_event.op is not null then v_op := gen_random_uuid(); end if;
    insert into answer (id, organisation_id, assessment_id, code, state, level, reason, rationale, evidence_grade, evidence,
                        evidence_link, to_review, revision, updated_by, updated_name, updated_at)
    values (gen_random_uuid(), v_org, v_round.id, p_code, p_after ->> 'state', (p_after ->> 'level')::smallint,
            p_after ->> 'reason', p_after ->> 'rationale', p_after ->> 'evidence_grade', p_after ->> 'evidence',
            p_after ->> 'evidence_link', (p_after ->> 'to_review')::boolean, v_revision, v_person, p_name, p_at)
    on conflict (assessment_id, code) do update set
      state = excluded.state, level = excluded.level, reason = excluded.reason, rationale = excluded.rationale,
      evidence_grade = excluded.evidence_grade, evidence = excluded.evidence, evidence_link = excluded.evidence_link,
      to_review = excluded.to_review, revision = excluded.revision, updated_by = excluded.updated_by,
      updated_name = excluded.updated_name, updated_at = excluded.updated_at
      where answer.revision = excluded.revision - 1
    returning * into v_answer;
    if not found then -- two first answers at once: the other one won
      select * into v_answer from answer where assessment_id = v_round.id and code = p_code;
      v_revision := v_answer.revision;
      v_outcome := case when plain_answer(v_answer) = p_after then 'unchanged' else 'conflict' end;
    end if;
  end if;

  if v_outcome = 'saved' then
    insert into answer_event (op, organisation_id, assessment_id, code, revision, person_id, person_name, at, before, after)
    values (v_op, v_org, v_round.id, p_code, v_revision, v_person, p_name, p_at, v_before, p_after) on conflict (op) do nothing;
    if not found then -- an operation id of somebody else's: ours gets its own
      insert into answer_event (op, organisation_id, assessment_id, code, revision, person_id, person_name, at, before, after)
      values (gen_random_uuid(), v_org, v_round.id, p_code, v_revision, v_person, p_name, p_at, v_before, p_after);
    end if;
    perform audit_append(v_org, v_person, p_role, p_mandate, 'assessments.answered', 'answer ' || p_slug || '/' || p_code,
      jsonb_build_object('revision', v_revision, 'before', v_before - 'rationale' - 'evidence' - 'reason',
        'after', p_after - 'rationale' - 'evidence' - 'reason',
        'after_sha256', encode(sha256(convert_to(p_after::text, 'UTF8')), 'hex'))::text);
  end if;
  return jsonb_build_object('outcome', v_outcome, 'questionnaire', v_round.questionnaire, 'version', v_round.version,
    'revision', v_revision, 'answer', plain_answer(v_answer), 'by', v_answer.updated_name, 'at', v_answer.updated_at,
    'history', answer_history(v_round.id, p_code), 'states', (
      select jsonb_object_agg(a.code, jsonb_build_array(a.state, a.to_review)) from answer a where a.assessment_id = v_round.id));
end $$;

-- 11. Throw-away copies (demonstrations): made as such, never counted, erased whole.
create function refuse_changing_nature() returns trigger language plpgsql as $$
begin
  if (old.sandbox_until is null) <> (new.sandbox_until is null) then
    raise exception 'an organisation is a throw-away copy from the start or never' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger nature before update of sandbox_until on organisation for each row execute function refuse_changing_nature();

create function refuse_counting_a_copy() returns trigger language plpgsql as $$
begin
  if exists (select from organisation o where o.id = new.organisation_id and o.sandbox_until is not null) then
    raise exception 'a throw-away copy is never counted' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger genuine before insert on contribution for each row execute function refuse_counting_a_copy();
create trigger genuine before insert on batch_member for each row execute function refuse_counting_a_copy();
create trigger genuine before insert on participation for each row execute function refuse_counting_a_copy();

-- Everything a throw-away copy holds, its visitor included; any other organisation is refused. Files are the caller's.
create policy erased on audit_entry for delete using (is_being_erased(chain));
create policy erased_head on audit_head for delete using (is_being_erased(chain));
create function erase_sandbox(p_org uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_people uuid[];
begin
  perform set_config('app.org', p_org::text, true), set_config('app.erasing', p_org::text, true);
  perform 1 from organisation where id = p_org and sandbox_until is not null for update;
  if not found then
    raise exception 'only a throw-away copy can be erased' using errcode = 'P0403';
  end if;
  select coalesce(array_agg(m.person_id), '{}') into v_people from membership m join person p on p.id = m.person_id
    where m.organisation_id = p_org and p.email like 'guest-%@demo.invalid';
  delete from operation where person_id = any (v_people)
    or location = '/o/' || (select slug from organisation where id = p_org)
    or location like '/o/' || (select slug from organisation where id = p_org) || '/%';
  delete from kpi_reading where organisation_id = p_org;
  delete from dismissal where organisation_id = p_org;
  delete from action where organisation_id = p_org;
  delete from action_plan where organisation_id = p_org;
  delete from report where organisation_id = p_org;
  delete from answer where organisation_id = p_org;
  delete from answer_event where organisation_id = p_org;
  delete from assessment where organisation_id = p_org;
  delete from stored_file where organisation_id = p_org;
  delete from audit_entry where chain = p_org;
  delete from audit_head where chain = p_org;
  delete from organisation where id = p_org;  -- memberships, invitations, mandates and networks follow
  delete from person where id = any (v_people);  -- their sessions follow
  perform set_config('app.erasing', '', true);
end $$;
