-- A consultant's clients in one round trip. No function sees more than who calls it: each goes from client to client,
-- says for whom it reads as a transaction would, and row-level security then hides everybody else. A client whose mandate does
-- not run on `p_on` is passed over. When a function ends, what was said before it holds again.

-- 1. Where each client is, but for what has to be computed: the latest round, the last two submitted on its questionnaire, whether
--    the last joined the benchmark, the editions it may be read against (its own campaign's first, then the newest), actions, the
--    consultant's own last document; and where offers are sold (`p_sold`), what the client holds and when what it last held ended.
create function portfolio_glance(p_on date, p_at timestamptz, p_sold boolean, out organisation_id uuid, out late bigint, out next_on date,
  out document_id uuid, out document_title text, out document_at timestamptz,
  out round_id uuid, out slug text, out name text, out questionnaire text, out version text, out definition_hash text, out scope jsonb,
  out state text, out closes_on date, out submitted_at timestamptz, out submitted jsonb, out editions jsonb, out held jsonb, out ended timestamptz)
returns setof record language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare v_org uuid; v_before text := coalesce(current_setting('app.org', true), '');
begin
  for v_org in select distinct m.organisation_id from mandate m
      where m.consultant_id = app_person() and m.revoked_at is null and m.ends_on >= p_on loop
    perform set_config('app.org', v_org::text, true);
    return query
      select v_org, due.late, due.next_on, document.id, document.title::text, document.created_at,
        latest.id, latest.slug::text, latest.name::text, latest.questionnaire::text, latest.version::text,
        latest.definition_hash::text, latest.scope, latest.state::text, latest.closes_on, latest.submitted_at,
        rounds.found, published.found, case when p_sold then open_entitlements(v_org, null, null) end, case when p_sold then (
          select max(coalesce(e.grace_until, e.valid_to)) from entitlement e
          where e.organisation_id = v_org and e.valid_to is not null and coalesce(e.grace_until, e.valid_to) <= p_at) end
      from (select count(*) filter (where a.due_on < p_on) as late, min(a.due_on) filter (where a.due_on >= p_on) as next_on
            from action a where a.organisation_id = v_org and a.status <> 'done') due
      left join lateral (
        select r.id, r.title, r.created_at from report r
        where r.organisation_id = v_org and r.created_by = app_person() and r.state = 'done'
        order by r.created_at desc, r.id desc limit 1) document on true
      left join lateral (
        select a.* from assessment a where a.organisation_id = v_org and a.state <> 'given_up'
        order by a.opens_on desc, a.created_at desc limit 1) latest on true
      left join lateral (
        select jsonb_agg(jsonb_build_object('id', s.id, 'hash', s.result_hash, 'name', s.name, 'version', s.version,
          'definition_hash', s.definition_hash, 'scope', s.scope, 'campaign', s.campaign_id, 'shared', coalesce((
            select c.given from consent c where c.assessment_id = s.id and c.in_time
            order by c.said_at desc, c.id desc limit 1), s.benchmark_consent, false))
          order by s.opens_on desc, s.submitted_at desc) as found
        from (select a.* from assessment a where a.organisation_id = v_org and a.questionnaire = latest.questionnaire
                and a.state = 'submitted' order by a.opens_on desc, a.submitted_at desc limit 2) s) rounds on true
      left join lateral (
        select jsonb_agg(jsonb_build_object('id', e.id, 'corrects', e.corrects_id, 'on', e.published_on, 'counted', exists (
            select from batch_member b where b.organisation_id = v_org and b.edition_id in (e.id, e.corrects_id)))
          order by e.campaign_id is distinct from (rounds.found -> 0 ->> 'campaign')::uuid, e.published_on desc, e.id desc) as found
        from edition e join network n on n.id = e.network_id
          join network_member m on m.network_id = n.id and m.organisation_id = v_org and m.left_on is null
        where (rounds.found -> 0 ->> 'shared')::boolean and (m.verified_at is not null or n.fictive)
          and e.questionnaire = latest.questionnaire
          and e.major = split_part(rounds.found -> 0 ->> 'version', '.', 1)::int) published on true;
  end loop;
  perform set_config('app.org', v_before, true);
end $$;

-- 2. What some of these rounds hold: answers in short of an open one, the frozen result of a submitted one. And the questionnaires
--    that clients brought themselves, by hash, for whoever has not read them yet.
create function portfolio_rounds(p_on date, p_organisations uuid[], p_rounds uuid[], p_definitions text[],
  out id uuid, out states json, out result jsonb, out definition_hash text, out content jsonb)
returns setof record language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare v_org uuid; v_before text := coalesce(current_setting('app.org', true), '');
begin
  for v_org in select distinct m.organisation_id from mandate m
      where m.consultant_id = app_person() and m.revoked_at is null and m.ends_on >= p_on
        and m.organisation_id = any (p_organisations) loop
    perform set_config('app.org', v_org::text, true);
    return query
      select a.id, case when a.state = 'draft' then coalesce((
          select json_object_agg(w.code, json_build_array(w.state, w.to_review, w.level)) from answer w where w.assessment_id = a.id),
          '{}') end,
        case when a.state = 'submitted' then a.result end, d.hash::text, d.content
      from assessment a left join used_definition d on d.hash = a.definition_hash and d.hash = any (p_definitions)
      where a.organisation_id = v_org and a.id = any (p_rounds);
  end loop;
  perform set_config('app.org', v_before, true);
end $$;

-- 3. What one person has to do, wherever they are a member or hold a mandate: unfinished actions they carry or sponsor.
create function actions_involving(p_on date, p_organisations uuid[], out one action, out plan_slug text, out plan_title text)
returns setof record language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare v_org uuid; v_before text := coalesce(current_setting('app.org', true), '');
begin
  for v_org in select o from unnest(p_organisations) with ordinality as given (o, place)
      where exists (select from membership m where m.organisation_id = o and m.person_id = app_person())
        or exists (select from mandate m where m.organisation_id = o and m.consultant_id = app_person()
                     and m.revoked_at is null and m.ends_on >= p_on)
      order by place loop
    perform set_config('app.org', v_org::text, true);
    return query
      select a, p.slug::text, p.title::text from action a join action_plan p on p.id = a.plan_id
      where a.organisation_id = v_org and a.status <> 'done' and (a.owner_id = app_person() or a.sponsor_id = app_person())
      order by a.due_on, a.created_at;
  end loop;
  perform set_config('app.org', v_before, true);
end $$;
