-- 1. What an answer's history tells, at the cost of the twelve changes it shows, however many there are in all: a backward walk
--    of one index for each state of the round, where a join with a recursive set read every change of the installation.
create function touched(p_before jsonb, p_after jsonb) returns json language sql stable as $$
  select to_json(array_remove(array[
    case when p_before -> 'state' is distinct from p_after -> 'state' then 'state' end,
    case when p_before -> 'level' is distinct from p_after -> 'level' then 'level' end,
    case when p_before -> 'value' is distinct from p_after -> 'value' then 'value' end,
    case when p_before -> 'reason' is distinct from p_after -> 'reason' then 'reason' end,
    case when p_before -> 'rationale' is distinct from p_after -> 'rationale' then 'rationale' end,
    case when p_before -> 'evidence_grade' is distinct from p_after -> 'evidence_grade' then 'evidence_grade' end,
    case when p_before -> 'evidence' is distinct from p_after -> 'evidence' then 'evidence' end,
    case when p_before -> 'evidence_link' is distinct from p_after -> 'evidence_link' then 'evidence_link' end,
    case when p_before -> 'to_review' is distinct from p_after -> 'to_review' then 'to_review' end], null))
$$;
create function history_of(p_assessment uuid, p_code text) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan as $$
declare v_states uuid[] := array[p_assessment]; v_before uuid := p_assessment;
begin
  loop
    select a.supersedes_id into v_before from assessment a where a.id = v_before;
    exit when v_before is null;
    v_states := v_states || v_before;
  end loop;
  return (select coalesce(json_agg(json_build_object('by', h.person_name, 'at', h.at, 'state', h.after ->> 'state',
      'level', h.after -> 'level', 'value', h.after -> 'value', 'source', h.source, 'fields', touched(h.before, h.after))
      order by h.revision desc), '[]')
    from (select e.* from unnest(v_states) s (id), lateral (
        select * from answer_event e where e.assessment_id = s.id and e.code = p_code order by e.revision desc limit 12) e
      order by e.revision desc limit 12) h);
end $$;
create or replace function answer_history(p_assessment uuid, p_code text) returns jsonb language sql stable as
  $$ select history_of(p_assessment, p_code)::jsonb $$;
create or replace function response_history(p_assessment uuid, p_code text, p_person uuid) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('by', h.person_name, 'at', h.at, 'state', h.after ->> 'state',
    'level', h.after -> 'level', 'value', h.after -> 'value', 'source', h.source, 'fields', touched(h.before, h.after))
    order by h.revision desc), '[]')
  from (select * from response_event e where e.assessment_id = p_assessment and e.code = p_code and e.person_id = p_person
    order by e.revision desc limit 12) h
$$;

-- 2. One more link of a chain: its head is looked at once, and made only where there is none.
create or replace function audit_append(p_chain uuid, p_person uuid, p_role text, p_mandate uuid, p_verb text, p_subject text,
                                        p_details text) returns text
language plpgsql security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_seq bigint; v_before text; v_at timestamptz := clock_timestamp(); v_salt text := replace(gen_random_uuid()::text, '-', '');
  v_details_hash text; v_hash text;
begin
  select h.seq, h.hash into v_seq, v_before from audit_head h where h.chain = p_chain for update;
  if not found then
    insert into audit_head (chain, seq, hash) values (p_chain, 0, repeat('0', 64)) on conflict (chain) do nothing;
    select h.seq, h.hash into v_seq, v_before from audit_head h where h.chain = p_chain for update;
  end if;
  v_seq := v_seq + 1;
  v_details_hash := encode(sha256(convert_to(v_salt || p_details, 'UTF8')), 'hex');
  v_hash := encode(sha256(convert_to(jsonb_build_array(
    v_before, v_seq::text, to_char(v_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), p_chain::text,
    coalesce(p_person::text, ''), p_role, coalesce(p_mandate::text, ''), p_verb, p_subject, v_details_hash)::text,
    'UTF8')), 'hex');
  insert into audit_entry (chain, seq, at, person_id, role, mandate_id, verb, subject, details, salt, details_hash,
                           previous_hash, hash)
  values (p_chain, v_seq, v_at, p_person, p_role, p_mandate, p_verb, p_subject, p_details, v_salt,
          v_details_hash, v_before, v_hash);
  update audit_head h set seq = v_seq, hash = v_hash where h.chain = p_chain;
  return v_hash;
end $$;

-- 3. Saving. An answer is written where it still stands at the revision that was looked at; where somebody else wrote in between,
--    everything is looked at again. A page of the table keeps room for the next version of its rows.
alter table answer set (fillfactor = 70);
alter table audit_head set (fillfactor = 50);
alter function plain_answer(answer) stable; -- what it calls is no more than that: now it is planned with what calls it
-- As below, on one's own copy: nobody else writes there, so the only conflict is one's other window. What was saved before is
-- looked for by its number alone, or the planner reads every change of this answer to find the one.
create or replace function save_response(v_round assessment, p_code text, p_op uuid, p_base int, p_tried uuid[], p_after jsonb, p_name text,
                              p_role text, p_mandate uuid, p_at timestamptz) returns jsonb
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_mine response; v_event response_event; v_before jsonb; v_outcome text; v_revision int;
  v_person uuid := app_person(); v_op uuid := p_op;
begin
  select * into v_mine from response where assessment_id = v_round.id and code = p_code and person_id = v_person for update;
  v_before := plain_response(v_mine);
  v_revision := coalesce(v_mine.revision, 0);
  select * into v_event from response_event where op = p_op;
  if (v_event.assessment_id, v_event.code, v_event.person_id) is distinct from (v_round.id, p_code, v_person) then
    v_event := null; -- somebody else's, or of another answer
  end if;
  if v_event.after = p_after then
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
create function write_answer(p_slug text, p_code text, p_op uuid, p_base int, p_tried uuid[], p_after jsonb, p_name text, p_role text,
                             p_mandate uuid, p_at timestamptz, p_agreed boolean, p_definition text, p_scope jsonb) returns json
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_alone jsonb; v_round assessment; v_answer answer; v_event answer_event; v_before jsonb; v_outcome text; v_revision int; v_op uuid;
  v_person uuid := app_person(); v_org uuid := app_org(); v_words text[] := array['rationale', 'evidence', 'reason'];
begin
  -- Shared with other saves, exclusive with submitting: no answer slips in between the score and the lock.
  select * into v_round from assessment where organisation_id = v_org and slug = p_slug for share;
  if not found then return json_build_object('outcome', 'missing'); end if;
  if v_round.definition_hash <> p_definition or v_round.scope <> p_scope then return json_build_object('outcome', 'another'); end if;
  if v_round.mode = 'individual' and v_round.answers_opened_at is null and v_round.state = 'draft' then
    v_alone := save_response(v_round, p_code, p_op, p_base, p_tried, p_after, p_name, p_role, p_mandate, p_at);
    if v_alone ->> 'outcome' = 'conflict' and cardinality(p_tried) > 0 then
      -- The first answer of all, of this editor's own, may have come in a moment ago: now it is seen.
      v_alone := save_response(v_round, p_code, p_op, p_base, p_tried, p_after, p_name, p_role, p_mandate, p_at);
    end if;
    return v_alone::json;
  end if;
  loop
    select * into v_answer from answer where assessment_id = v_round.id and code = p_code;
    v_before := plain_answer(v_answer);
    v_revision := coalesce(v_answer.revision, 0);
    v_op := p_op;

    select * into v_event from answer_event where op = p_op;
    if (v_event.assessment_id, v_event.code, v_event.person_id) is distinct from (v_round.id, p_code, v_person) then
      v_event := null; -- somebody else's, or of another answer
    end if;
    if v_event.after = p_after then
      v_outcome := 'replayed'; v_revision := v_event.revision;
      exit;
    elsif v_round.state <> 'draft' then
      v_outcome := 'submitted';
      exit;
    elsif v_round.mode = 'individual' and not p_agreed then
      v_outcome := 'opened'; -- from now on an answer comes of an agreement
      exit;
    elsif v_before = p_after then
      v_outcome := 'unchanged';
      exit;
    elsif v_revision <> p_base and not exists (select from answer_event e where e.op = any (p_tried) and e.person_id = v_person
        and e.assessment_id = v_round.id and e.code = p_code and e.revision = v_revision) then
      v_outcome := 'conflict';
      exit;
    end if;
    v_outcome := 'saved';
    -- The same form sent again with other words is another operation.
    if v_event.op is not null then v_op := gen_random_uuid(); end if;
    if v_revision = 0 and v_answer.id is null then
      insert into answer (id, organisation_id, assessment_id, code, state, level, reason, rationale, evidence_grade, evidence,
                          evidence_link, to_review, value, revision, updated_by, updated_name, updated_at)
      values (gen_random_uuid(), v_org, v_round.id, p_code, p_after ->> 'state', (p_after ->> 'level')::smallint,
              p_after ->> 'reason', p_after ->> 'rationale', p_after ->> 'evidence_grade', p_after ->> 'evidence',
              p_after ->> 'evidence_link', (p_after ->> 'to_review')::boolean, p_after -> 'value', 1, v_person, p_name, p_at)
      on conflict (assessment_id, code) do nothing
      returning * into v_answer;
    else
      update answer a set
        state = p_after ->> 'state', level = (p_after ->> 'level')::smallint, reason = p_after ->> 'reason',
        rationale = p_after ->> 'rationale', evidence_grade = p_after ->> 'evidence_grade', evidence = p_after ->> 'evidence',
        evidence_link = p_after ->> 'evidence_link', to_review = (p_after ->> 'to_review')::boolean, value = p_after -> 'value',
        revision = v_revision + 1, updated_by = v_person, updated_name = p_name, updated_at = p_at
      where a.id = v_answer.id and a.revision = v_revision
      returning * into v_answer;
    end if;
    if found then
      v_revision := v_revision + 1;
      exit;
    end if;
    -- Somebody wrote in between: what they wrote stands now, and is looked at as if it had been there.
  end loop;

  if v_outcome = 'saved' then
    insert into answer_event (op, organisation_id, assessment_id, code, revision, person_id, person_name, at, before, after)
    values (v_op, v_org, v_round.id, p_code, v_revision, v_person, p_name, p_at, v_before, p_after) on conflict (op) do nothing;
    if not found then -- an operation id of somebody else's: ours gets its own
      insert into answer_event (op, organisation_id, assessment_id, code, revision, person_id, person_name, at, before, after)
      values (gen_random_uuid(), v_org, v_round.id, p_code, v_revision, v_person, p_name, p_at, v_before, p_after);
    end if;
    perform audit_append(v_org, v_person, p_role, p_mandate, 'assessments.answered', 'answer ' || p_slug || '/' || p_code,
      jsonb_build_object('revision', v_revision, 'before', v_before - v_words, 'after', p_after - v_words,
        'after_sha256', encode(sha256(convert_to(p_after::text, 'UTF8')), 'hex'))::text);
  end if;
  return json_build_object('outcome', v_outcome, 'questionnaire', v_round.questionnaire, 'version', v_round.version,
    'definition_hash', v_round.definition_hash, 'scope', v_round.scope,
    'revision', v_revision, 'answer', plain_answer(v_answer), 'by', v_answer.updated_name, 'at', v_answer.updated_at,
    'history', history_of(v_round.id, p_code), 'states', (
      select json_object_agg(a.code, json_build_array(a.state, a.to_review, a.level)) from answer a where a.assessment_id = v_round.id));
end $$;
-- In a transaction that does more than this. (The release before calls it as well.)
create or replace function save_answer(p_slug text, p_code text, p_op uuid, p_base int, p_tried uuid[], p_after jsonb, p_name text,
                                       p_role text, p_mandate uuid, p_at timestamptz, p_agreed boolean default false) returns jsonb
language sql as $$
  select write_answer(p_slug, p_code, p_op, p_base, p_tried, p_after, p_name, p_role, p_mandate, p_at, p_agreed, null, null)::jsonb
$$;

-- 4. The same as a transaction of its own, in one round trip: it begins to write, says for whom, saves, and is committed when it
--    is answered. Only where the round asks what the caller checked the answer against; else nothing is written. Whoever is only
--    presumed to come in (p_mark) is asked for here as at the entrance: where they no longer come in as they did, or as somebody
--    else, nothing is written and null is the answer.
create procedure save_answer_now(p_fingerprint text, p_entered text, p_sold boolean, p_mark text, p_org uuid, p_person uuid, p_definition text, p_scope jsonb, p_slug text, p_code text, p_op uuid, p_base int,
                                 p_tried uuid[], p_after jsonb, p_name text, p_role text, p_mandate uuid, p_at timestamptz, inout saved json)
language plpgsql as $$
begin
  commit;
  set transaction read write;
  if p_mark is distinct from (select e.mark from entering(p_fingerprint, p_entered, p_sold) e where p_mark is not null) then
    return;
  end if;
  perform set_config('app.org', p_org::text, true), set_config('app.person', p_person::text, true);
  saved := write_answer(p_slug, p_code, p_op, p_base, p_tried, p_after, p_name, p_role, p_mandate, p_at, false, p_definition, p_scope);
end $$;

-- 5. Who comes in, with everything the entrance asks of every request: one function, planned once a connection. Nothing where
--    the secret opens no session. `mark` changes with all of it but the hour somebody was last seen.
create function entering(p_fingerprint text, p_slug text, p_sold boolean,
  out session_id uuid, out seen_at timestamptz, out method text, out provider_id uuid, out proved_at timestamptz, out
  second_factor_at timestamptz, out person_id uuid, out name text, out email text, out locale text, out theme text, out
  time_zone text, out shortcuts boolean, out organisation_id uuid, out slug text, out organisation_name text, out sandbox
  boolean, out role text, out mandate_id uuid, out due text, out on_duty_at timestamptz, out visit jsonb, out held jsonb,
  out own jsonb, out networks text[], out mark text)
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  select s.id, s.seen_at, s.method, s.provider_id, s.proved_at, s.second_factor_at,
         p.id, p.name, p.email, p.locale, p.theme, p.time_zone, p.shortcuts
    into session_id, seen_at, method, provider_id, proved_at, second_factor_at,
         person_id, name, email, locale, theme, time_zone, shortcuts
    from session s join person p on p.id = s.person_id
    where s.fingerprint = p_fingerprint and s.expires_at > now() and s.seen_at > now() - interval '12 hours';
  if person_id is null then return; end if;
  perform set_config('app.person', person_id::text, true);
  if p_slug <> '' then
    select o.id, o.slug, o.name, o.sandbox_until is not null into organisation_id, slug, organisation_name, sandbox
      from organisation o where o.slug = p_slug and (o.sandbox_until is null or o.sandbox_until > now());
    if organisation_id is not null then
      select m.role into role from membership m where m.organisation_id = entering.organisation_id and m.person_id = entering.person_id;
      if role is not null then
        due := sign_on_due(organisation_id, session_id);
      else
        select 'consultant', d.id into role, mandate_id from mandate d where d.organisation_id = entering.organisation_id
          and d.consultant_id = entering.person_id and d.revoked_at is null and d.ends_on >= current_date limit 1;
      end if;
    end if;
    if role is null then visit := visit_of(session_id, p_slug); end if;
  end if;
  on_duty_at := on_staff(session_id, person_id);
  if p_sold then
    held := open_entitlements(organisation_id, null, null);
    own := open_entitlements(null, null, person_id);
  end if;
  networks := array(select n.slug from network_manager m join network n on n.id = m.network_id
                    where m.person_id = entering.person_id order by n.name);
  mark := encode(sha256(convert_to(jsonb_build_array(session_id, method, provider_id, proved_at, second_factor_at, person_id, name,
    email, locale, theme, time_zone, shortcuts, organisation_id, slug, organisation_name, sandbox, role, mandate_id, due, on_duty_at,
    visit, held, own, networks)::text, 'UTF8')), 'hex');
end $$;

-- 6. Asked by triggers at every statement, where a function in SQL would be read and planned anew each time.
create or replace function is_erasure() returns boolean language plpgsql stable as $$
begin
  if coalesce(current_setting('app.erasure', true), '') = '' then return false; end if;
  return current_user = (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = 'public.person'::regclass);
end $$;
