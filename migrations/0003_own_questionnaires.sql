-- 1. Questionnaires of one's own: read by their owner, and by a network's verified members once published.
alter table own_questionnaire
  add constraint one_owner check (num_nonnulls(organisation_id, network_id) = 1),
  add constraint published_whole check (state = 'draft' or (content is not null and code <> '' and version <> '' and hash <> ''));
create unique index own_questionnaire_published on own_questionnaire (code, version) where state <> 'draft';
create index own_questionnaire_of_organisation on own_questionnaire (organisation_id);
create index own_questionnaire_of_network on own_questionnaire (network_id);

alter table own_questionnaire enable row level security;
alter table own_questionnaire force row level security;
create policy readable on own_questionnaire for select using (
  organisation_id = app_org() or network_id = app_network()
  or (state = 'published' and network_id in (select readable_networks())));
create function may_write_questionnaires(p_org uuid, p_network uuid) returns boolean language sql stable as $$
  select (p_org = app_org() and exists (select from membership m
      where m.organisation_id = p_org and m.person_id = app_person() and m.role in ('owner', 'lead')))
    or (p_network = app_network() and exists (select from network_manager m
      where m.network_id = p_network and m.person_id = app_person()))
$$;
create policy added on own_questionnaire for insert with check (may_write_questionnaires(organisation_id, network_id));
create policy changed on own_questionnaire for update using (may_write_questionnaires(organisation_id, network_id))
  with check (may_write_questionnaires(organisation_id, network_id));
create policy discarded on own_questionnaire for delete using (
  may_write_questionnaires(organisation_id, network_id) or is_being_erased(organisation_id));
create policy worker on own_questionnaire to palier_worker using (true) with check (true);

-- A published version is what it is for ever; only whether it is offered may change. Drafts come and go.
create function refuse_changing_a_published_questionnaire() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.state = 'draft' or is_being_erased(old.organisation_id) then return old; end if;
  elsif old.state = 'draft' or (new.state <> 'draft' and
      (new.organisation_id, new.network_id, new.code, new.version, new.title, new.content, new.hash, new.upload)
      is not distinct from
      (old.organisation_id, old.network_id, old.code, old.version, old.title, old.content, old.hash, old.upload)) then
    return new;
  end if;
  raise exception 'a published questionnaire is never changed' using errcode = 'P0403';
end $$;
create trigger published before update or delete on own_questionnaire for each row
  execute function refuse_changing_a_published_questionnaire();

-- 2. What a round of one's own uses is kept like any other definition, and seen by those who have such a round.
alter table used_definition enable row level security;
alter table used_definition force row level security;
create policy shipped_or_used on used_definition for select using (
  questionnaire not like '%-%' or exists (select from assessment a where a.definition_hash = used_definition.hash));
create policy kept on used_definition for insert with check (true);
create policy worker on used_definition to palier_worker using (true) with check (true);

-- 3. An organisation asks for membership; that it is a member is said by the network's staff alone.
drop policy network_or_self on network_member;
create policy network_or_self on network_member
  using (organisation_id = app_org() or network_id = app_network())
  with check (network_id = app_network()
    or (organisation_id = app_org() and (verified_at is null or left_on is not null)));

-- 4. The scope of a submitted round is frozen with the rest.
create or replace function refuse_changing_a_submitted_assessment() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (new.state = 'draft' or
      (new.result, new.result_hash, new.submitted_at, new.definition_hash, new.scope, new.questionnaire, new.version, new.benchmark_consent)
      is distinct from
      (old.result, old.result_hash, old.submitted_at, old.definition_hash, old.scope, old.questionnaire, old.version, old.benchmark_consent)) then
    raise exception 'this assessment is submitted' using errcode = 'P0423';
  end if;
  return new;
end $$;

-- 5. Values other than a choice of a level. Older answers have none, and read as they always did.
create or replace function plain_answer(a answer) returns jsonb language sql immutable as $$
  select jsonb_build_object('state', coalesce(a.state, 'blank'), 'level', a.level, 'reason', coalesce(a.reason, ''),
    'rationale', coalesce(a.rationale, ''), 'evidence_grade', coalesce(a.evidence_grade, 'none'),
    'evidence', coalesce(a.evidence, ''), 'evidence_link', coalesce(a.evidence_link, ''),
    'to_review', coalesce(a.to_review, false))
    || case when a.value is null then '{}'::jsonb else jsonb_build_object('value', a.value) end
$$;

create or replace function answer_history(p_assessment uuid, p_code text) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('by', h.person_name, 'at', h.at, 'state', h.after ->> 'state',
    'level', h.after -> 'level', 'value', h.after -> 'value', 'fields', (select coalesce(jsonb_agg(k), '[]')
      from jsonb_object_keys(coalesce(h.before, '{}') || h.after) k
      where h.after -> k is distinct from h.before -> k)) order by h.revision desc), '[]')
  from (select * from answer_event e where e.assessment_id = p_assessment and e.code = p_code order by e.revision desc limit 12) h
$$;

create or replace function save_answer(p_slug text, p_code text, p_op uuid, p_base int, p_tried uuid[], p_after jsonb, p_name text,
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
                        evidence_link, to_review, value, revision, updated_by, updated_name, updated_at)
    values (gen_random_uuid(), v_org, v_round.id, p_code, p_after ->> 'state', (p_after ->> 'level')::smallint,
            p_after ->> 'reason', p_after ->> 'rationale', p_after ->> 'evidence_grade', p_after ->> 'evidence',
            p_after ->> 'evidence_link', (p_after ->> 'to_review')::boolean, p_after -> 'value', v_revision, v_person, p_name, p_at)
    on conflict (assessment_id, code) do update set
      state = excluded.state, level = excluded.level, reason = excluded.reason, rationale = excluded.rationale,
      evidence_grade = excluded.evidence_grade, evidence = excluded.evidence, evidence_link = excluded.evidence_link,
      to_review = excluded.to_review, value = excluded.value, revision = excluded.revision, updated_by = excluded.updated_by,
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
    'definition_hash', v_round.definition_hash, 'scope', v_round.scope,
    'revision', v_revision, 'answer', plain_answer(v_answer), 'by', v_answer.updated_name, 'at', v_answer.updated_at,
    'history', answer_history(v_round.id, p_code), 'states', (
      select jsonb_object_agg(a.code, jsonb_build_array(a.state, a.to_review, a.level)) from answer a where a.assessment_id = v_round.id));
end $$;

-- 6. A throw-away copy takes its questionnaires with it.
create or replace function erase_sandbox(p_org uuid) returns void
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
  delete from own_questionnaire where organisation_id = p_org;
  delete from stored_file where organisation_id = p_org;
  delete from audit_entry where chain = p_org;
  delete from audit_head where chain = p_org;
  delete from organisation where id = p_org;  -- memberships, invitations, mandates and networks follow
  delete from person where id = any (v_people);  -- their sessions follow
  perform set_config('app.erasing', '', true);
end $$;
