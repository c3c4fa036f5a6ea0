alter table asked_link enable row level security;
alter table asked_link force row level security;
alter table asked_opinion enable row level security;
alter table asked_opinion force row level security;
create index asked_link_of on asked_link (organisation_id);

-- 1. A link belongs to the organisation of its round. Whoever makes it makes the empty opinion with it.
create function round_stands(p_assessment uuid) returns boolean language sql stable as $$
  select exists (select from assessment a where a.id = p_assessment and a.organisation_id = app_org())
$$;
create policy tenant on asked_link using (organisation_id = app_org())
  with check (organisation_id = app_org() and round_stands(assessment_id));
create policy made on asked_opinion for insert with check (
  organisation_id = app_org() and revision = 0 and link_id in (select l.id from asked_link l where l.asked_by = app_person()));

-- 2. While everybody answers alone, what a colleague said is read by who asked them, and by nobody else.
create policy readable on asked_opinion for select using (organisation_id = app_org() and exists (
  select from asked_link l where l.id = link_id
    and (not l.alone or l.asked_by = app_person() or answers_opened(l.assessment_id))));

-- 3. Whoever holds a living link sees its row and their own words, and changes these until it is too late; nothing else.
-- Asked only where a link is presented at all, so that nobody else's queries pay for it.
create policy held on asked_link for select using (
  fingerprint = app_link() and revoked_at is null and expires_at > now());
create policy held on asked_opinion for select using (
  app_link() is not null and link_id = (select l.id from asked_link l where l.fingerprint = app_link()));
create policy given on asked_opinion for update using (
  app_link() is not null and link_id = (select l.id from asked_link l
    where l.fingerprint = app_link() and (l.closes_at is null or l.closes_at > now())));
create policy asked on used_definition for select using (
  app_link() is not null and hash = (select l.definition_hash from asked_link l where l.fingerprint = app_link()));

-- 4. A link ends with its round: at its last day, when it is submitted, when answers given alone are opened.
create function end_links_of_round() returns trigger language plpgsql as $$
begin
  update asked_link set closes_at = case
      when new.state <> 'draft' or new.answers_opened_at is not null then now() else (new.closes_on + 1)::timestamptz end
    where assessment_id = new.id and (closes_at is null or closes_at > now());
  return null;
end $$;
create trigger end_asked_links after update of state, answers_opened_at, closes_on on assessment for each row
  when (new.state <> old.state or new.answers_opened_at is distinct from old.answers_opened_at
    or new.closes_on is distinct from old.closes_on) execute function end_links_of_round();

-- 5. What a consultant asked ends with their mandate.
create function end_asked_links_of_mandate() returns trigger language plpgsql as $$
begin
  update asked_link set revoked_at = coalesce(revoked_at, new.revoked_at),
    expires_at = least(expires_at, (new.ends_on + 1)::timestamptz) where mandate_id = new.id;
  return null;
end $$;
create trigger end_asked_links after update of revoked_at, ends_on on mandate for each row
  when (new.revoked_at is not null or new.ends_on < old.ends_on) execute function end_asked_links_of_mandate();
