-- 1. Whose answers a person may read: one's own; others' where one has answered oneself; everybody's once they are opened.
create function answers_opened(p_assessment uuid) returns boolean language sql stable as $$
  select exists (select from assessment a where a.id = p_assessment and (a.answers_opened_at is not null or a.state <> 'draft'))
$$;
create function has_answered(p_assessment uuid, p_code text) returns boolean language sql stable as $$
  select exists (select from response_given g
    where g.assessment_id = p_assessment and g.code = p_code and g.person_id = app_person())
$$;
do $$
declare t text;
begin
  foreach t in array array['response', 'response_event', 'response_given', 'respondent', 'agreement'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
end $$;

create policy known on response_given for select using (organisation_id = app_org());
create policy own on response_given for insert with check (organisation_id = app_org() and person_id = app_person());
create policy own_again on response_given for update using (organisation_id = app_org() and person_id = app_person());

create policy readable on response for select using (organisation_id = app_org() and (
  person_id = app_person() or answers_opened(assessment_id) or has_answered(assessment_id, code)));
create policy own on response for insert with check (
  organisation_id = app_org() and person_id = app_person() and not answers_opened(assessment_id));
create policy own_again on response for update using (
  organisation_id = app_org() and person_id = app_person() and not answers_opened(assessment_id));

create policy readable on response_event for select using (
  organisation_id = app_org() and (person_id = app_person() or answers_opened(assessment_id)));
create policy own on response_event for insert with check (
  organisation_id = app_org() and person_id = app_person() and not answers_opened(assessment_id));

-- As a shared answer's change does, one's own tells which file it came from.
alter table response_event alter column source set default left(coalesce(current_setting('app.source', true), ''), 200);

create policy tenant on respondent using (organisation_id = app_org()) with check (organisation_id = app_org());
create policy known on agreement for select using (organisation_id = app_org());
create policy made on agreement for insert with check (organisation_id = app_org() and agreed_by = app_person());

create trigger written_once before update or truncate on response_event for each statement execute function refuse_rewriting();
create trigger kept before delete on response_event for each row execute function refuse_deleting('organisation_id');
create trigger written_once before update or truncate on agreement for each statement execute function refuse_rewriting();
create trigger kept before delete on agreement for each row execute function refuse_deleting('organisation_id');

-- 2. How a round is answered is settled when it opens; opened answers are never closed again.
create function refuse_changing_how_a_round_is_answered() returns trigger language plpgsql as $$
begin
  if new.mode <> old.mode or (old.answers_opened_at is not null and new.answers_opened_at is distinct from old.answers_opened_at) then
    raise exception 'how a round is answered does not change' using errcode = 'P0423';
  end if;
  return new;
end $$;
create trigger mode before update on assessment for each row execute function refuse_changing_how_a_round_is_answered();

-- 3. Saving: to one's own copy while everybody answers alone, to the shared answer otherwise.
create function response_history(p_assessment uuid, p_code text, p_person uuid) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('by', h.person_name, 'at', h.at, 'state', h.after ->> 'state',
    'level', h.after -> 'level', 'value', h.after -> 'value', 'source', h.source, 'fields', (select coalesce(jsonb_agg(k), '[]')
      from jsonb_object_keys(coalesce(h.before, '{}') || h.after) k
      where h.after -> k is distinct from h.before -> k)) order by h.revision desc), '[]')
  from (select * from response_event e where e.assessment_id = p_assessment and e.code = p_code and e.person_id = p_person
    order by e.revision desc limit 12) h
$$;

create function plain_response(r response) returns jsonb language sql immutable as
  $$ select plain_answer(jsonb_populate_record(null::answer, to_jsonb(r))) $$;

-- As `save_answer`, on one's own copy: nobody else writes there, so the only conflict is one's other window.
create function save_response(v_round assessment, p_code text, p_op uuid, p_base int, p_tried uuid[], p_after jsonb, p_name text,
                              p_role text, p_mandate uuid, p_at timestamptz) returns jsonb
language plpgsql as $$
declare
  v_mine response; v_event response_event; v_before jsonb; v_outcome text; v_revision int;
  v_person uuid := app_person(); v_op uuid := p_op;
begin
  select * into v_mine from response where assessment_id = v_round.id and code = p_code and person_id = v_person for update;
  v_before := plain_response(v_mine);
  v_revision := coalesce(v_mine.revision, 0);
  select * into v_event from response_event where op = p_op and assessment_id = v_round.id and code = p_code and person_id = v_person;
  if found and v_event.after = p_after then
    v_outcome := 'replayed'; v_revision := v_event.revision;
  elsif v_before = p_after then
    v_outcome := 'unchanged';
  elsif v_revision <> p_base and not exists (select from response_event e where e.op = any (p_tried) and e.person_id = v_person
      and e.assessment_id = v_round.id and e.code = p_code and e.revision = v_revision) then
    v_outcome := 'conflict';
  else
    v_outcome := 'saved'; v_revision := v_revision + 1;
    if v_event.op is not null then v_op := gen_random_uuid(); end if;
    insert into response (id, organisation_id, assessment_id, code, person_id, state, level, reason, rationale, evidence_grade, evidence,
                          evidence_link, to_review, value, revision, updated_by, updated_name, updated_at)
    values (gen_random_uuid(), v_round.organisation_id, v_round.id, p_code, v_person, p_after ->> 'state', (p_after ->> 'level')::smallint,
            p_after ->> 'reason', p_after ->> 'rationale', p_after ->> 'evidence_grade', p_after ->> 'evidence',
            p_after ->> 'evidence_link', (p_after ->> 'to_review')::boolean, p_after -> 'value', v_revision, v_person, p_name, p_at)
    on conflict (assessment_id, code, person_id) do update set
      state = excluded.state, level = excluded.level, reason = excluded.reason, rationale = excluded.rationale,
      evidence_grade = excluded.evidence_grade, evidence = excluded.evidence, evidence_link = excluded.evidence_link,
      to_review = excluded.to_review, value = excluded.value, revision = excluded.revision, updated_by = excluded.updated_by,
      updated_name = excluded.updated_name, updated_at = excluded.updated_at
      where response.revision = excluded.revision - 1
    returning * into v_mine;
    if not found then -- two windows at once: the other one won
      select * into v_mine from response where assessment_id = v_round.id and code = p_code and person_id = v_person;
      v_revision := v_mine.revision;
      v_outcome := case when plain_response(v_mine) = p_after then 'unchanged' else 'conflict' end;
    end if;
  end if;

  if v_outcome = 'saved' then
    insert into response_event (op, organisation_id, assessment_id, code, revision, person_id, person_name, at, before, after)
    values (v_op, v_round.organisation_id, v_round.id, p_code, v_revision, v_person, p_name, p_at, v_before, p_after) on conflict (op) do nothing;
    if not found then -- an operation id of somebody else's: ours gets its own
      insert into response_event (op, organisation_id, assessment_id, code, revision, person_id, person_name, at, before, after)
      values (gen_random_uuid(), v_round.organisation_id, v_round.id, p_code, v_revision, v_person, p_name, p_at, v_before, p_after);
    end if;
    insert into response_given (id, organisation_id, assessment_id, code, person_id, person_name, standing, at)
    select gen_random_uuid(), v_round.organisation_id, v_round.id, p_code, v_person, p_name, v_mine.state <> 'blank', p_at
    where v_mine.state <> 'blank' or exists (select from response_given g
      where g.assessment_id = v_round.id and g.code = p_code and g.person_id = v_person)
    on conflict (assessment_id, code, person_id) do update set standing = excluded.standing, at = excluded.at;
    -- The chain is read by others before the answers are opened: it holds that something was saved, and its fingerprint.
    perform audit_append(v_round.organisation_id, v_person, p_role, p_mandate, 'assessments.responded',
      'answer ' || v_round.slug || '/' || p_code, jsonb_build_object('revision', v_revision,
        'after_sha256', encode(sha256(convert_to(v_op::text || p_after::text, 'UTF8')), 'hex'))::text);
  end if;
  return jsonb_build_object('outcome', v_outcome, 'alone', true, 'questionnaire', v_round.questionnaire, 'version', v_round.version,
    'definition_hash', v_round.definition_hash, 'scope', v_round.scope,
    'revision', v_revision, 'answer', plain_response(v_mine), 'by', v_mine.updated_name, 'at', v_mine.updated_at,
    'history', response_history(v_round.id, p_code, v_person), 'states', (
      select jsonb_object_agg(a.code, jsonb_build_array(a.state, a.to_review, a.level)) from response a
      where a.assessment_id = v_round.id and a.person_id = v_person));
end $$;

drop function save_answer(text, text, uuid, int, uuid[], jsonb, text, text, uuid, timestamptz);
create function save_answer(p_slug text, p_code text, p_op uuid, p_base int, p_tried uuid[], p_after jsonb, p_name text,
                            p_role text, p_mandate uuid, p_at timestamptz, p_agreed boolean default false) returns jsonb
language plpgsql as $$
declare
  v_round assessment; v_answer answer; v_event answer_event; v_before jsonb; v_outcome text; v_revision int;
  v_person uuid := app_person(); v_org uuid := app_org(); v_op uuid := p_op;
begin
  -- Shared with other saves, exclusive with submitting: no answer slips in between the score and the lock.
  select * into v_round from assessment where organisation_id = v_org and slug = p_slug for share;
  if not found then return jsonb_build_object('outcome', 'missing'); end if;
  if v_round.mode = 'individual' and v_round.answers_opened_at is null and v_round.state = 'draft' then
    return save_response(v_round, p_code, p_op, p_base, p_tried, p_after, p_name, p_role, p_mandate, p_at);
  end if;
  select * into v_answer from answer where assessment_id = v_round.id and code = p_code for update;
  v_before := plain_answer(v_answer);
  v_revision := coalesce(v_answer.revision, 0);

  select * into v_event from answer_event where op = p_op and assessment_id = v_round.id and code = p_code and person_id = v_person;
  if found and v_event.after = p_after then
    v_outcome := 'replayed'; v_revision := v_event.revision;
  elsif v_round.state <> 'draft' then
    v_outcome := 'submitted';
  elsif v_round.mode = 'individual' and not p_agreed then
    v_outcome := 'opened'; -- from now on an answer comes of an agreement
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
