-- 1. One edition a campaign, and one erratum an edition.
create unique index edition_of_campaign on edition (campaign_id, questionnaire) where corrects_id is null;
create unique index erratum_of_edition on edition (corrects_id);
create function refuse_a_stray_erratum() returns trigger language plpgsql as $$
begin
  if new.corrects_id is not null and (new.reason = '' or not exists (select from edition e where e.id = new.corrects_id
      and e.network_id = new.network_id and e.campaign_id = new.campaign_id)) then
    raise exception 'an erratum says why, and corrects an edition of its campaign' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger reasoned before insert on edition for each row execute function refuse_a_stray_erratum();
create trigger written_once before update or delete or truncate on batch_member for each statement execute function refuse_rewriting();

-- 2. A draft is sealed once. What it was sealed from stays as it was; only the scores may be forgotten.
do $$
declare t text;
begin
  foreach t in array array['edition_draft', 'draft_row', 'draft_seat', 'correction', 'consent'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
  foreach t in array array['edition_draft', 'draft_row', 'draft_seat', 'correction'] loop
    execute format('create policy staff on %I for select using (is_staff_of(network_id))', t);
  end loop;
end $$;
-- Who takes part must be told whether the campaign is sealed: a consent taken back afterwards counts for the next one.
create policy takes_part on edition_draft for select using (
  campaign_id in (select p.campaign_id from participation p where p.organisation_id = app_org()));

create function refuse_changing_a_draft() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - 'set_aside_at' is distinct from to_jsonb(old) - 'set_aside_at' then
    raise exception 'a draft is sealed once' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger sealed before update on edition_draft for each row execute function refuse_changing_a_draft();
create trigger kept before delete or truncate on edition_draft for each statement execute function refuse_rewriting();
create trigger sealed before update or truncate on draft_row for each statement execute function refuse_rewriting();
create trigger sealed before update or truncate on draft_seat for each statement execute function refuse_rewriting();
create function keep_the_seats_until_published() returns trigger language plpgsql as $$
begin
  if not exists (select from edition_draft d join edition e on e.campaign_id = d.campaign_id where d.id = old.draft_id) then
    raise exception 'the batches of a draft are for good' using errcode = 'P0403';
  end if;
  return old;
end $$;
create trigger kept before delete on draft_seat for each row execute function keep_the_seats_until_published();

create function refuse_changing_what_is_sealed() returns trigger language plpgsql as $$
begin
  if exists (select from edition_draft d where d.campaign_id = old.campaign_id) and not (tg_op = 'UPDATE'
      and to_jsonb(new) - 'scores' = to_jsonb(old) - 'scores' and (new.scores is null or new.scores = old.scores)) then
    raise exception 'this contribution is sealed' using errcode = 'P0403';
  end if;
  return coalesce(new, old);
end $$;
create trigger sealed before update or delete on contribution for each row execute function refuse_changing_what_is_sealed();

-- The one door to a draft's figures: the staff of its network, the cohorts of one preview.
create function draft_figures(p_draft uuid, p_cohorts text[])
returns table (cohort text, variable text, n_band text, p10 smallint, q1 smallint, median smallint, q3 smallint, p90 smallint,
               batches jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.cohort::text, r.variable::text, r.n_band::text, r.p10, r.q1, r.median, r.q3, r.p90, r.batches
  from draft_row r where r.draft_id = p_draft and r.cohort = any (p_cohorts) and is_staff_of(r.network_id)
$$;

-- 3. What an organisation answered about the benchmark, and what it says of an earlier contribution: by itself, for ever.
create policy own on consent for select using (organisation_id = app_org());
create policy said on consent for insert with check (organisation_id = app_org() and said_by = app_person()
  and exists (select from assessment a where a.id = assessment_id and a.organisation_id = app_org()));
create policy own on correction for select using (organisation_id = app_org());
create policy said on correction for insert with check (organisation_id = app_org() and said_by = app_person()
  and exists (select from assessment a where a.id = assessment_id and a.organisation_id = app_org() and a.state <> 'draft'));
create trigger written_once before update or truncate on consent for each statement execute function refuse_rewriting();
create trigger kept before delete on consent for each row execute function refuse_deleting('organisation_id');
create trigger written_once before update or delete or truncate on correction for each statement execute function refuse_rewriting();
create index consent_of_assessment on consent (assessment_id, said_at);
create index consent_of_campaign on consent (campaign_id);
create policy erased on consent for delete using (is_being_erased(organisation_id));
