-- 1. Who is writing where, in rounds answered together: a hint of some seconds. It is in no backup, no trail and no history, so
--    the table is not logged either; somebody is at one place of a round at a time.
create unlogged table presence (
  assessment_id uuid not null references assessment on delete cascade,
  organisation_id uuid not null,
  person_id uuid not null references person on delete cascade,
  person_name varchar(120) not null,
  code varchar(30) not null,
  doing varchar(12) not null,
  at timestamptz not null,
  primary key (assessment_id, person_id)
);
alter table presence enable row level security;
alter table presence force row level security;
create policy readable on presence for select using (organisation_id = app_org());
create policy own on presence for insert with check (organisation_id = app_org() and person_id = app_person());
create policy own_again on presence for update using (organisation_id = app_org() and person_id = app_person());
create policy over on presence for delete using (
  organisation_id = app_org() and (person_id = app_person() or at < now() - interval '1 minute'));

-- While everybody answers alone nobody is told who works on what, so nothing is written down either.
create function announce_presence(p_slug text, p_code text, p_doing text, p_name text) returns boolean language plpgsql as $$
declare v_round uuid;
begin
  select id into v_round from assessment where organisation_id = app_org() and slug = p_slug and mode = 'together' and state = 'draft';
  if not found then return false; end if;
  delete from presence where ctid in (select ctid from presence where organisation_id = app_org() and at < now() - interval '1 minute'
    for update skip locked);
  insert into presence (assessment_id, organisation_id, person_id, person_name, code, doing, at)
  values (v_round, app_org(), app_person(), p_name, p_code, p_doing, now())
  on conflict (assessment_id, person_id) do update set code = excluded.code, doing = excluded.doing, at = excluded.at
    where presence.at < now() - interval '5 seconds' or (presence.code, presence.doing) is distinct from (excluded.code, excluded.doing);
  return true;
end $$;

-- 2. Whether somebody is done with a section: everybody for themselves while answers are given alone, the last word counts otherwise.
create table section_mark (
  assessment_id uuid not null references assessment on delete cascade,
  organisation_id uuid not null,
  section varchar(30) not null,
  person_id uuid not null,
  person_name varchar(120) not null,
  finished boolean not null,
  at timestamptz not null,
  primary key (assessment_id, section, person_id)
);
alter table section_mark enable row level security;
alter table section_mark force row level security;
create policy readable on section_mark for select using (organisation_id = app_org());
create policy own on section_mark for insert with check (organisation_id = app_org() and person_id = app_person());
create policy own_again on section_mark for update using (organisation_id = app_org() and person_id = app_person());

-- 3. A criterion of a round is discussed. What is said while everybody answers alone is as private as the answers: it is
--    read by whoever has answered that criterion too, and by everybody once the answers are open.
create table discussed_criterion (
  id uuid primary key,
  organisation_id uuid not null,
  assessment_id uuid not null references assessment on delete cascade,
  code varchar(30) not null,
  unique (assessment_id, code)
);
alter table discussed_criterion enable row level security;
alter table discussed_criterion force row level security;
create policy readable on discussed_criterion for select using (organisation_id = app_org());
create policy begun on discussed_criterion for insert with check (organisation_id = app_org()
  and exists (select from assessment a where a.id = assessment_id and a.organisation_id = app_org()));
create trigger end_conversation after delete on discussed_criterion for each row execute function end_conversation('criterion');

create or replace function topic_stands(p_topic text, p_id uuid) returns boolean language sql stable as $$
  select case p_topic
    when 'action' then exists (select from action a where a.id = p_id and a.organisation_id = app_org())
    when 'criterion' then exists (select from discussed_criterion d where d.id = p_id and d.organisation_id = app_org())
    else false end
$$;

create function topic_readable(p_topic text, p_id uuid) returns boolean language sql stable as $$
  select p_topic <> 'criterion' or not exists (
    select from discussed_criterion d join assessment a on a.id = d.assessment_id
    where d.id = p_id and a.mode = 'individual' and not answers_opened(a.id) and not has_answered(a.id, d.code))
$$;

drop policy readable on topic_comment;
create policy readable on topic_comment for select using (
  organisation_id = app_org() and (person_id = app_person() or topic_readable(topic, topic_id)));
create policy to_be_told on topic_comment for select to palier_worker using (organisation_id = app_org());
