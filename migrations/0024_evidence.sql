-- 1. Who may see what. What somebody attaches to their own answer is hidden as that answer is (migration 0021); evidence
-- first brought to an individual round is its bringer's alone until somebody may see where it is attached, or the round opens.
create function is_blind(p_assessment uuid) returns boolean language sql stable as $$
  select exists (select from assessment a where a.id = p_assessment and a.mode = 'individual'
    and a.answers_opened_at is null and a.state = 'draft')
$$;
create function shown_in_a_submitted_round(p_evidence uuid) returns boolean language sql stable as $$
  select exists (select from evidence_use u join assessment a on a.id = u.assessment_id
    where u.evidence_id = p_evidence and a.state <> 'draft')
$$;

alter table evidence enable row level security;
alter table evidence force row level security;
alter table evidence_use enable row level security;
alter table evidence_use force row level security;

create policy readable on evidence_use for select using (organisation_id = app_org() and (
  respondent_id is null or respondent_id = app_person() or answers_opened(assessment_id) or has_answered(assessment_id, code)));
create policy readable on evidence for select using (organisation_id = app_org() and (
  brought_to is null or added_by = app_person() or answers_opened(brought_to)
  or exists (select from evidence_use u where u.evidence_id = evidence.id)));

create policy brought on evidence for insert with check (organisation_id = app_org() and added_by = app_person());
create policy changed on evidence for update using (organisation_id = app_org());
create policy taken_away on evidence for delete using (organisation_id = app_org());

-- To one's own answer while everybody answers alone, to the shared one otherwise. What a submitted round shows already tells
-- nobody's view: the next round may begin with it.
create policy put on evidence_use for insert with check (
  organisation_id = app_org()
  and exists (select from assessment a where a.id = assessment_id and a.organisation_id = app_org())
  and exists (select from evidence e where e.id = evidence_id and e.organisation_id = app_org())
  and case when respondent_id is null then not is_blind(assessment_id) or shown_in_a_submitted_round(evidence_id)
      else respondent_id = app_person() and is_blind(assessment_id) end);
create policy taken_back on evidence_use for delete using (
  organisation_id = app_org() and (respondent_id is null or (respondent_id = app_person() and is_blind(assessment_id))));

create unique index evidence_use_once on evidence_use
  (assessment_id, code, evidence_id, coalesce(respondent_id, '00000000-0000-0000-0000-000000000000'));
create index evidence_use_of on evidence_use (organisation_id);

-- 2. What a submitted round shows stays; when evidence holds until, and what is noted beside it, may still be said.
create trigger frozen before insert or update or delete on evidence_use
  for each row execute function refuse_changing_a_submitted_answer();

create function refuse_changing_shown_evidence() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (new.organisation_id, new.added_by, new.added_at, new.brought_to, new.file_id)
      is distinct from (old.organisation_id, old.added_by, old.added_at, old.brought_to, old.file_id) then
    raise exception 'evidence stays what was brought' using errcode = 'P0403';
  end if;
  if tg_op = 'UPDATE' and (new.title, new.link, new.file_name) is not distinct from (old.title, old.link, old.file_name) then
    return new;
  end if;
  if shown_in_a_submitted_round(old.id) and not (tg_op = 'DELETE' and is_being_erased(old.organisation_id)) then
    raise exception 'a submitted round shows this evidence' using errcode = 'P0423';
  end if;
  return coalesce(new, old);
end $$;
create trigger frozen before update or delete on evidence for each row execute function refuse_changing_shown_evidence();

-- 3. The stored file goes with its evidence; its bytes are swept at night.
create trigger drop_stored_file after delete on evidence for each row execute function drop_stored_file();
