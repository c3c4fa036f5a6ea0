-- 1. The platform's staff. Only the tables' owner writes them (`palier staff`, on the server); a person sees whether they are on it.
create unique index platform_staff_once on platform_staff (person_id) where removed_at is null;
alter table platform_staff enable row level security;
create policy self on platform_staff for select using (person_id = app_person());
alter table staff_presence enable row level security;

create function app_staff() returns uuid language sql stable as
  $$ select nullif(current_setting('app.staff', true), '')::uuid $$;

-- Whether this session is of somebody of the staff who proved it with a second factor in the last twelve hours
-- (palier.network.rules.visiting.PROOF says the same).
create function staff_session(p_session uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from session s join platform_staff f on f.person_id = s.person_id and f.removed_at is null
    where s.id = p_session and s.expires_at > now() and s.seen_at > now() - interval '12 hours'
      and greatest(s.second_factor_at, case when s.method = 'passkey' then s.proved_at end) > now() - interval '12 hours')
$$;

-- When the session was last on duty: null for those who are not on the staff, long ago for those who were never.
create function on_staff(p_session uuid, p_person uuid) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((select q.seen_at from staff_presence q where q.session_id = p_session), 'epoch')
  from platform_staff f where f.person_id = p_person and f.removed_at is null
$$;

create function staff_present() returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not staff_session(app_staff()) then return; end if;
  delete from staff_presence q where q.seen_at < now() - interval '1 day';
  insert into staff_presence (session_id, seen_at) values (app_staff(), now())
    on conflict (session_id) do update set seen_at = excluded.seen_at;
end $$;

-- Every function of the staff begins with this: called for anybody else it shows and does nothing. `app.platform` opens the policies
-- of the tables' owner (grants.sql), as whom these functions run; it opens nothing to the roles of the two processes.
create function staff_only() returns void language plpgsql as $$
begin
  if not staff_session(app_staff()) then raise exception 'only for the staff of the platform' using errcode = 'P0403'; end if;
  perform set_config('app.platform', 'on', true);
end $$;

-- 2. Visits: an organisation's own rows; whoever visits sees theirs. The staff ask; an owner decides; either ends it.
do $$
declare t text;
begin
  foreach t in array array['visit', 'visit_choice'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
end $$;
create policy readable on visit for select using (
  organisation_id = app_org() or (person_id = app_person() and staff_session(app_staff())));
create policy asked on visit for insert with check (
  organisation_id = app_org() and person_id = app_person() and staff_session(app_staff()));
create policy decided on visit for update using (organisation_id = app_org());
create policy own on visit_choice using (organisation_id = app_org()) with check (organisation_id = app_org());

-- What was said when a visit was asked for stays as it was said, and what is over is over.
create function keep_visit() returns trigger language plpgsql as $$
begin
  if (new.organisation_id, new.person_id, new.person_name, new.reason, new.ticket, new.approval, new.asked_at)
      is distinct from (old.organisation_id, old.person_id, old.person_name, old.reason, old.ticket, old.approval, old.asked_at)
    or (old.ended_at is not null or old.refused_at is not null)
    or (old.opened_at is not null and (new.opened_at, new.ends_at) is distinct from (old.opened_at, old.ends_at))
    or new.ends_at > new.opened_at + interval '60 minutes' then
    raise exception 'a visit is never rewritten' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger kept before update on visit for each row execute function keep_visit();

-- Where a session of the staff is a visitor: the organisation of the address, while the visit lasts.
create function visit_of(p_session uuid, p_slug text) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not staff_session(p_session) then return null; end if;
  perform set_config('app.platform', 'on', true);
  return (select jsonb_build_object('visit', v.id, 'until', v.ends_at, 'organisation', o.id, 'slug', o.slug, 'name', o.name,
      'sandbox', o.sandbox_until is not null)
    from session s join visit v on v.person_id = s.person_id join organisation o on o.id = v.organisation_id
    where s.id = p_session and o.slug = p_slug and (o.sandbox_until is null or o.sandbox_until > now())
      and v.opened_at <= now() and v.ends_at > now() and v.ended_at is null
    order by v.ends_at desc limit 1);
end $$;

-- 3. What goes wrong while the worker works: what kind of error and where in our code, never what the job was about.
create table job_failure (
  id bigserial primary key,
  job bigint,
  task varchar(128) not null,
  error varchar(200) not null,
  place varchar(200) not null,
  organisation uuid,
  at timestamptz not null default now()
);
create index job_failure_of on job_failure (job);
create index job_failure_at on job_failure (at);

-- 4. What the staff may look at: counts, names and dates; never an answer, a score, a word somebody wrote, or what a job is about.
create function platform_overview() returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return jsonb_build_object(
    'organisations', (select count(*) from organisation o where o.sandbox_until is null),
    'sandboxes', (select count(*) from organisation o where o.sandbox_until > now()),
    'networks', (select count(*) from network),
    'people', (select count(*) from person p where p.email_confirmed_at is not null and p.email not like '%.invalid'),
    'sessions', (select count(*) from session s where s.expires_at > now() and s.seen_at > now() - interval '12 hours'),
    'rounds', (select count(*) from assessment a join organisation o on o.id = a.organisation_id
      where a.state = 'draft' and o.sandbox_until is null),
    'jobs_waiting', (select count(*) from procrastinate_jobs j where j.status = 'todo'),
    'jobs_doing', (select count(*) from procrastinate_jobs j where j.status = 'doing'),
    'jobs_failed', (select count(*) from procrastinate_jobs j where j.status = 'failed'),
    'mails_waiting', (select count(*) from mail m where m.sent_at is null and m.failure = ''),
    'mails_failed', (select count(*) from mail m where m.sent_at is null and m.failure <> ''),
    'database_bytes', pg_database_size(current_database()),
    'files_bytes', (select coalesce(sum(f.size), 0) from stored_file f),
    'heartbeat', (select max(h.at) from heartbeat h),
    'visits', (select count(*) from visit v where v.opened_at <= now() and v.ends_at > now() and v.ended_at is null));
end $$;

create function platform_organisations(p_text text, p_kind text, p_most int, p_skip int)
returns table (slug text, name text, sector text, size text, country text, created_at timestamptz, sandbox_until timestamptz,
               members bigint, last_at timestamptz, networks text[], found bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return query
    with chosen as (
      select o.*, count(*) over () as found from organisation o
      where (p_text = '' or strpos(lower(o.name), lower(p_text)) > 0 or strpos(o.slug, lower(p_text)) > 0 or o.registration = p_text)
        and case p_kind when 'sandbox' then o.sandbox_until is not null else o.sandbox_until is null end
        and (p_kind <> 'network' or exists (select from network_member m where m.organisation_id = o.id and m.left_on is null))
        and (p_kind <> 'alone' or not exists (select from network_member m where m.organisation_id = o.id and m.left_on is null))
      order by o.name, o.id limit p_most offset p_skip)
    select c.slug::text, c.name::text, c.sector::text, c.size::text, c.country::text, c.created_at, c.sandbox_until,
      (select count(*) from membership m where m.organisation_id = c.id),
      (select e.at from audit_entry e join audit_head h on h.chain = e.chain and h.seq = e.seq where e.chain = c.id),
      array(select n.name::text from network_member m join network n on n.id = m.network_id
        where m.organisation_id = c.id and m.left_on is null order by n.name),
      c.found
    from chosen c order by c.name, c.id;
end $$;

create function platform_organisation(p_slug text) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare v organisation;
begin
  perform staff_only();
  select * into v from organisation o where o.slug = p_slug;
  if not found then return null; end if;
  return jsonb_build_object('id', v.id, 'slug', v.slug, 'name', v.name, 'sector', v.sector, 'size', v.size, 'country', v.country,
    'legal_kind', v.legal_kind, 'registration', v.registration, 'created_at', v.created_at, 'sandbox_until', v.sandbox_until,
    'owners', (select coalesce(jsonb_agg(p.name order by p.name), '[]') from membership m join person p on p.id = m.person_id
      where m.organisation_id = v.id and m.role = 'owner'),
    'members', (select coalesce(jsonb_object_agg(r.role, r.n), '{}') from (
      select m.role, count(*) as n from membership m where m.organisation_id = v.id group by m.role) r),
    'mandates', (select count(*) from mandate d where d.organisation_id = v.id and d.revoked_at is null and d.ends_on >= current_date),
    'sessions', (select count(*) from session s where s.expires_at > now() and s.seen_at > now() - interval '12 hours'
      and s.person_id in (select m.person_id from membership m where m.organisation_id = v.id)),
    'rounds_open', (select count(*) from assessment a where a.organisation_id = v.id and a.state = 'draft'),
    'rounds_submitted', (select count(*) from assessment a where a.organisation_id = v.id and a.state = 'submitted'),
    'files', (select count(*) from stored_file f where f.organisation_id = v.id),
    'files_bytes', (select coalesce(sum(f.size), 0) from stored_file f where f.organisation_id = v.id),
    'entries', (select coalesce(max(h.seq), 0) from audit_head h where h.chain = v.id),
    'last_at', (select e.at from audit_entry e join audit_head h on h.chain = e.chain and h.seq = e.seq where e.chain = v.id),
    'networks', (select coalesce(jsonb_agg(jsonb_build_object('name', n.name, 'verified', m.verified_at is not null) order by n.name), '[]')
      from network_member m join network n on n.id = m.network_id where m.organisation_id = v.id and m.left_on is null),
    'approval', coalesce((select c.approval from visit_choice c where c.organisation_id = v.id), false),
    'failures', (select coalesce(jsonb_agg(jsonb_build_object('task', f.task, 'error', f.error, 'place', f.place, 'at', f.at)), '[]') from (
      select * from job_failure j where j.organisation = v.id order by j.at desc limit 5) f),
    'visits', (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
      select * from visit y where y.organisation_id = v.id order by y.asked_at desc limit 10) x));
end $$;

create function platform_networks() returns table (name text, slug text, k smallint, fictive boolean, created_at timestamptz,
  managers bigint, members bigint, waiting bigint, campaigns bigint, editions bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return query select n.name::text, n.slug::text, n.k, n.fictive, n.created_at,
    (select count(*) from network_manager g where g.network_id = n.id),
    (select count(*) from network_member m where m.network_id = n.id and m.left_on is null and m.verified_at is not null),
    (select count(*) from network_member m where m.network_id = n.id and m.left_on is null and m.verified_at is null),
    (select count(*) from campaign c where c.network_id = n.id), (select count(*) from edition e where e.network_id = n.id)
  from network n order by n.name;
end $$;

create function platform_person(p_email text) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare v person;
begin
  perform staff_only();
  select * into v from person p where p.email = p_email;
  if not found then return null; end if;
  return jsonb_build_object('id', v.id, 'name', v.name, 'email', v.email, 'locale', v.locale, 'created_at', v.created_at,
    'confirmed_at', v.email_confirmed_at, 'has_password', v.password_hash <> '',
    'sessions', (select coalesce(jsonb_agg(jsonb_build_object('method', s.method, 'created_at', s.created_at, 'seen_at', s.seen_at,
      'second_factor_at', s.second_factor_at) order by s.seen_at desc), '[]') from session s
      where s.person_id = v.id and s.expires_at > now() and s.seen_at > now() - interval '12 hours'),
    'organisations', (select coalesce(jsonb_agg(jsonb_build_object('name', o.name, 'slug', o.slug, 'role', m.role) order by o.name), '[]')
      from membership m join organisation o on o.id = m.organisation_id where m.person_id = v.id),
    'mandates', (select coalesce(jsonb_agg(jsonb_build_object('name', o.name, 'slug', o.slug, 'ends_on', d.ends_on) order by o.name), '[]')
      from mandate d join organisation o on o.id = d.organisation_id
      where d.consultant_id = v.id and d.revoked_at is null and d.ends_on >= current_date),
    'networks', (select coalesce(jsonb_agg(n.name order by n.name), '[]') from network_manager g join network n on n.id = g.network_id
      where g.person_id = v.id),
    'app', exists (select from authenticator_app a where a.person_id = v.id and a.confirmed_at is not null),
    'passkeys', (select count(*) from passkey k where k.person_id = v.id),
    'removal_at', (select r.due_at from factor_removal r where r.person_id = v.id and r.stopped_at is null and r.done_at is null));
end $$;

create function platform_jobs(p_state text, p_most int, p_skip int)
returns table (id bigint, task text, state text, attempts int, arguments text[], asked_at timestamptz, due_at timestamptz,
               error text, place text, failed_at timestamptz, found bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return query select j.id, j.task_name::text, j.status::text, j.attempts,
    array(select k from jsonb_object_keys(j.args) k order by k),
    (select min(e.at) from procrastinate_events e where e.job_id = j.id), j.scheduled_at,
    f.error::text, f.place::text, f.at, count(*) over ()
  from procrastinate_jobs j
  left join lateral (select * from job_failure x where x.job = j.id order by x.at desc limit 1) f on true
  where j.status = p_state::procrastinate_job_status order by j.id desc limit p_most offset p_skip;
end $$;

create function platform_retry_job(p_id bigint) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_task text;
begin
  perform staff_only();
  select j.task_name into v_task from procrastinate_jobs j where j.id = p_id and j.status = 'failed' for update;
  if not found then return null; end if;
  -- Another job under the same key waits already: it does the same work.
  if exists (select from procrastinate_jobs a join procrastinate_jobs b on b.queueing_lock = a.queueing_lock
      where a.id = p_id and b.id <> p_id and b.status = 'todo') then return null; end if;
  perform procrastinate_retry_job_v2(p_id, now(), null, null, null);
  return v_task;
end $$;

create function platform_cancel_job(p_id bigint) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_task text;
begin
  perform staff_only();
  select j.task_name into v_task from procrastinate_jobs j where j.id = p_id;
  if procrastinate_cancel_job_v1(p_id, false, false) is null then return null; end if;
  return v_task;
end $$;

-- Addresses are shown as far as it takes to tell two apart.
create function masked_address(p_email text) returns text language sql immutable as $$
  select left(split_part(p_email, '@', 1), 1) || '…@' || split_part(p_email, '@', 2)
$$;

create function platform_mails(p_state text, p_most int, p_skip int)
returns table (id uuid, kind text, recipient text, locale text, created_at timestamptz, attempts int, failure text, found bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return query select m.id, m.kind::text, masked_address(m.recipient), m.locale::text, m.created_at, m.attempts, m.failure, count(*) over ()
  from mail m where m.sent_at is null and (p_state = 'failed') = (m.failure <> '')
  order by m.created_at desc limit p_most offset p_skip;
end $$;

-- Sent again, as long as it was not sent and nothing is about to send it.
create function platform_retry_mail(p_id uuid) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_kind text;
begin
  perform staff_only();
  select m.kind into v_kind from mail m where m.id = p_id and m.sent_at is null and m.failure <> '';
  if not found then return null; end if;
  delete from procrastinate_jobs j where j.task_name = 'mail.deliver' and j.args ->> 'mail' = p_id::text and j.status = 'todo';
  perform enqueue_in_turn('mail.deliver', jsonb_build_object('mail', p_id), null, null, null);
  return v_kind;
end $$;

create function platform_questionnaires() returns table (questionnaire text, version text, hash text, kept_at timestamptz,
  rounds_open bigint, rounds_submitted bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return query select a.questionnaire::text, a.version::text, a.definition_hash::text, min(a.created_at),
    count(*) filter (where a.state = 'draft'), count(*) filter (where a.state <> 'draft')
  from assessment a join organisation o on o.id = a.organisation_id
  where o.sandbox_until is null and not exists (select from own_questionnaire q where q.code = a.questionnaire)
  group by 1, 2, 3;
end $$;

create function platform_own_questionnaires() returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return (select jsonb_build_object('organisations', count(distinct q.organisation_id), 'networks', count(distinct q.network_id),
    'drafts', count(*) filter (where q.state = 'draft'), 'published', count(*) filter (where q.state = 'published'))
    from own_questionnaire q);
end $$;

create function platform_trail(p_verb text, p_person uuid, p_since date, p_most int, p_skip int)
returns table (seq bigint, at timestamptz, who text, role text, verb text, subject text, details text, found bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return query select e.seq, e.at, p.name::text, e.role::text, e.verb::text, e.subject::text,
    case when e.verb like 'platform.%' then e.details else '' end, count(*) over ()
  from audit_entry e left join person p on p.id = e.person_id
  where e.chain = '00000000-0000-0000-0000-000000000000' and (p_verb = '' or e.verb like p_verb || '%')
    and (p_person is null or e.person_id = p_person) and (p_since is null or e.at >= p_since)
  order by e.seq desc limit p_most offset p_skip;
end $$;

create function platform_visits() returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (select v.*, o.slug, o.name from visit v
    join organisation o on o.id = v.organisation_id order by v.asked_at desc limit 50) x);
end $$;

-- 5. What the staff may do to others' sessions; how many were ended.
create function platform_end_sessions(p_organisation uuid, p_person uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_n int;
begin
  perform staff_only();
  delete from session s where s.person_id = p_person
    or s.person_id in (select m.person_id from membership m where m.organisation_id = p_organisation);
  get diagnostics v_n = row_count;
  return v_n;
end $$;

-- 6. Second factors taken away from somebody who lost them: asked for by the staff, done by the worker a day later. The person
--    sees that it is coming, and stops it by the link that was mailed.
create unique index factor_removal_once on factor_removal (person_id) where stopped_at is null and done_at is null;
alter table factor_removal enable row level security;
create policy worker on factor_removal to palier_worker using (true) with check (true);
create policy concerned on factor_removal for select using (
  person_id = app_person() or fingerprint = app_link() or staff_session(app_staff()));
create policy asked on factor_removal for insert with check (asked_by = app_person() and staff_session(app_staff())
  and done_at is null and due_at >= now() + interval '23 hours');
create policy stopped on factor_removal for update using (fingerprint = app_link()) with check (done_at is null and stopped_at is not null);
