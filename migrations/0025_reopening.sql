-- 1. One reopening of a state at a time, with a reason; states that were given up do not count.
create unique index one_reopening on assessment (supersedes_id) where state <> 'given_up';
create index states_of_a_round on assessment (origin_id) where origin_id is not null;
alter table assessment add constraint reopened_for_a_reason
  check ((supersedes_id is null and origin_id is null) or (origin_id is not null and btrim(reopened_reason) <> ''));

create function check_reopening() returns trigger language plpgsql as $$
begin
  if not exists (select from assessment a where a.id = new.supersedes_id and a.organisation_id = new.organisation_id
      and a.state = 'submitted' and new.origin_id = coalesce(a.origin_id, a.id) and new.submission = a.submission + 1
      and (new.questionnaire, new.version, new.definition_hash, new.scope, new.mode) = (a.questionnaire, a.version, a.definition_hash, a.scope, a.mode)) then
    raise exception 'only a submitted round is reopened, as it is' using errcode = 'P0423';
  end if;
  return new;
end $$;
create trigger reopening before insert on assessment for each row when (new.supersedes_id is not null) execute function check_reopening();

-- 2. What a state may become: draft -> submitted or given up; submitted -> superseded, once its successor is submitted.
create or replace function refuse_changing_a_submitted_assessment() returns trigger language plpgsql as $$
begin
  if (new.supersedes_id, new.origin_id, new.submission, new.reopened_reason) is distinct from
      (old.supersedes_id, old.origin_id, old.submission, old.reopened_reason) then
    raise exception 'what a state supersedes, and why, does not change' using errcode = 'P0423';
  end if;
  if new.state <> old.state and not (
      (old.state = 'draft' and new.state = 'submitted')
      or (old.state = 'draft' and new.state = 'given_up' and old.supersedes_id is not null)
      or (old.state = 'submitted' and new.state = 'superseded'
        and exists (select from assessment a where a.supersedes_id = old.id and a.state = 'submitted'))) then
    raise exception 'this assessment is submitted' using errcode = 'P0423';
  end if;
  if old.state <> 'draft' and
      (new.result, new.result_hash, new.submitted_at, new.definition_hash, new.scope, new.questionnaire, new.version, new.benchmark_consent,
       new.receipt, new.audit_head, new.engine_version)
      is distinct from
      (old.result, old.result_hash, old.submitted_at, old.definition_hash, old.scope, old.questionnaire, old.version, old.benchmark_consent,
       old.receipt, old.audit_head, old.engine_version) then
    raise exception 'this assessment is submitted' using errcode = 'P0423';
  end if;
  return new;
end $$;

-- 3. The history of an answer goes on through a reopening: its changes in this state and in those it supersedes.
create function states_up_to(p_assessment uuid) returns setof uuid language sql stable as $$
  with recursive line as (
    select id, supersedes_id from assessment where id = p_assessment
    union all
    select a.id, a.supersedes_id from assessment a join line on a.id = line.supersedes_id)
  select id from line
$$;
create or replace function answer_history(p_assessment uuid, p_code text) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('by', h.person_name, 'at', h.at, 'state', h.after ->> 'state',
    'level', h.after -> 'level', 'value', h.after -> 'value', 'source', h.source,
    'fields', (select coalesce(jsonb_agg(k), '[]')
      from jsonb_object_keys(coalesce(h.before, '{}') || h.after) k
      where h.after -> k is distinct from h.before -> k)) order by h.revision desc), '[]')
  from (select * from answer_event e where e.assessment_id in (select states_up_to(p_assessment)) and e.code = p_code
    order by e.revision desc limit 12) h
$$;

-- 4. Whoever holds the code of a document, or the document, learns that its round was submitted again since: when, and nothing else.
create function superseded_since(p_asked text) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_file issued_file; v_at timestamptz;
begin
  if app_org() is not null then raise exception 'asked by somebody without an organisation' using errcode = 'P0403'; end if;
  select * into v_file from issued_file f where (f.fingerprint = p_asked or f.sha256 = p_asked) and f.assessment_id is not null
    order by f.issued_at limit 1;
  if not found then return null; end if;
  perform set_config('app.org', v_file.organisation_id::text, true);
  select min(n.submitted_at) into v_at from assessment a join assessment n on n.supersedes_id = a.id and n.submitted_at is not null
    where a.id = v_file.assessment_id and a.state = 'superseded' and v_file.issued_at >= a.submitted_at;
  perform set_config('app.org', '', true);
  return v_at;
end $$;
