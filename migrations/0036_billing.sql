-- 1. Who sees what: a payer's own, the worker everything, and the platform's staff, who decide agreements and see failed events
-- (never while they visit an organisation).
do $$
declare t text;
begin
  foreach t in array array['entitlement', 'billing_account', 'checkout', 'subscription', 'stripe_event', 'stripe_review', 'offer_agreement',
                           'sponsorship', 'invoice', 'invoice_series', 'billing_notice'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy doors on %I to %I using (true) with check (true)', t, current_user);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
    execute format('create policy staff on %I using (app_org() is null and staff_session(app_staff()))
      with check (app_org() is null and staff_session(app_staff()))', t);
  end loop;
  foreach t in array array['entitlement', 'billing_account'] loop
    execute format('alter table %I add constraint one_holder check (num_nonnulls(organisation_id, network_id, person_id) = 1)', t);
  end loop;
end $$;

-- Whoever pays writes what Stripe said, whoever accepts a place that place; agreements and gifts are the staff's to write.
create policy held on entitlement using (organisation_id = app_org() or network_id = app_network() or person_id = app_person())
  with check ((organisation_id = app_org() or network_id = app_network() or person_id = app_person()) and (source in ('stripe', 'trial')
    or (source = 'sponsor' and source_ref in (select s.id::text from sponsorship s where s.organisation_id = app_org()))));
create index entitlement_of_organisation on entitlement (organisation_id) where organisation_id is not null;
create index entitlement_of_network on entitlement (network_id) where network_id is not null;
create index entitlement_of_person on entitlement (person_id) where person_id is not null;

create policy own on billing_account using (organisation_id = app_org() or network_id = app_network() or person_id = app_person())
  with check (organisation_id = app_org() or network_id = app_network() or person_id = app_person());
do $$
declare t text;
begin
  foreach t in array array['checkout', 'subscription', 'offer_agreement'] loop
    execute format('create policy own on %I using (account_id in (select b.id from billing_account b)) with check (account_id in (select b.id from billing_account b))', t);
    execute format('create index %s_of_account on %I (account_id)', t, t);
  end loop;
end $$;
-- Of our own invoices a payer reads what was issued, and writes nothing.
create policy own on invoice using (account_id in (select b.id from billing_account b) and (issuer = 'stripe' or number <> ''))
  with check (account_id in (select b.id from billing_account b) and issuer = 'stripe');
create index invoice_of_account on invoice (account_id);
-- A webhook comes from nobody signed in: whoever proved the signature may put an event down, and learns nothing by it.
create policy arriving on stripe_event for insert with check (true);
create index stripe_event_waiting on stripe_event (received_at) where processed_at is null;

-- A place is offered by the network, and answered by the member.
create policy network on sponsorship using (network_id = app_network()) with check (network_id = app_network());
create policy member on sponsorship for select using (organisation_id = app_org());
create policy answered on sponsorship for update using (organisation_id = app_org()) with check (organisation_id = app_org());
create unique index sponsorship_once on sponsorship (network_id, organisation_id) where state in ('invited', 'active');
-- The network sees, and ends, what it gave.
create policy given on entitlement for select using (source = 'sponsor' and source_ref in (select s.id::text from sponsorship s where s.network_id = app_network()));
create policy taken_back on entitlement for update using (source = 'sponsor' and source_ref in (select s.id::text from sponsorship s where s.network_id = app_network()));

-- How many places of a network are taken: for its staff, and for whom it offers or gives one, who counts before it answers.
create function places_taken(p_network uuid) returns table (invited int, active int)
language sql stable security definer set search_path = public, pg_temp as $$
  select (count(*) filter (where s.state = 'invited'))::int, (count(*) filter (where s.state = 'active'))::int
  from sponsorship s where s.network_id = p_network and (p_network = app_network()
    or exists (select from sponsorship own where own.network_id = p_network and own.organisation_id = app_org()))
$$;

-- 2. What somebody holds now or will: read at every request, before anybody is known to the policies.
create function open_entitlements(p_organisation uuid, p_network uuid, p_person uuid) returns jsonb
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('offer', e.offer, 'source', e.source, 'quantity', e.quantity, 'from', e.valid_from,
    'to', e.valid_to, 'grace', e.grace_until) order by e.valid_from, e.id), '[]')
  from entitlement e
  where (e.organisation_id = p_organisation or e.network_id = p_network or e.person_id = p_person)
    and (e.valid_to is null or coalesce(e.grace_until, e.valid_to) > now())
$$;

-- How many other organisations a consultant acts for today: told to no client but as whether there may be one more.
create function clients_taken(p_consultant uuid, p_organisation uuid) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
  select count(distinct m.organisation_id) from mandate m join organisation o on o.id = m.organisation_id
  where m.consultant_id = p_consultant and m.organisation_id <> p_organisation and m.revoked_at is null
    and m.ends_on >= current_date and o.sandbox_until is null
$$;

-- 3. Our own invoices: once issued nothing of what they say changes, and none is deleted (Code de commerce, L123-22).
create function keep_an_invoice() returns trigger language plpgsql as $$
begin
  if old.issuer = 'palier' and old.state <> 'draft' and (to_jsonb(new) - array['state', 'paid_on', 'paid_reference', 'account_id'])
      is distinct from (to_jsonb(old) - array['state', 'paid_on', 'paid_reference', 'account_id']) then
    raise exception 'an invoice is never changed once issued' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger issued_once before update on invoice for each row execute function keep_an_invoice();
create function keep_issued_invoices() returns trigger language plpgsql as $$
begin
  if old.issuer = 'palier' and old.state <> 'draft' and not (is_erasure() and old.issued_on < current_date - interval '10 years') then
    raise exception 'an invoice is never deleted once issued' using errcode = 'P0403';
  end if;
  return old;
end $$;
create trigger kept before delete on invoice for each row execute function keep_issued_invoices();
create unique index invoice_number_once on invoice (number) where issuer = 'palier' and number <> '';

-- 4. Who holds what, for the platform's staff: those whose name, address or number has a text; without one, whoever holds or
-- pays. A person who neither holds nor pays is found by the whole address alone.
create function platform_holders(p_text text, p_kind text, p_most int, p_skip int)
returns table (kind text, id uuid, name text, address text, held jsonb, found bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return query
    with everyone as (
      select 'organisation' as k, o.id as i, o.name::text as n, o.slug::text as a, o.registration::text as r from organisation o where o.sandbox_until is null
      union all select 'network', w.id, w.name::text, w.slug::text, '' from network w
      union all select 'person', p.id, p.name::text, p.email::text, '' from person p
        where exists (select from entitlement e where e.person_id = p.id) or exists (select from billing_account b where b.person_id = p.id)
          or (p_text <> '' and p.email = lower(p_text))),
    chosen as (
      select v.*, count(*) over () as f from everyone v
      where (p_kind = '' or v.k = p_kind)
        and case when p_text = '' then exists (select from entitlement e where v.i in (e.organisation_id, e.network_id, e.person_id))
            or exists (select from billing_account b where v.i in (b.organisation_id, b.network_id, b.person_id))
          else strpos(lower(v.n), lower(p_text)) > 0 or strpos(v.a, lower(p_text)) > 0 or v.r = p_text end
      order by v.n, v.i limit p_most offset p_skip)
    select c.k, c.i, c.n, c.a,
      (select coalesce(jsonb_agg(jsonb_build_object('offer', e.offer, 'source', e.source, 'quantity', e.quantity, 'valid_from_at', e.valid_from,
        'valid_until', e.valid_to, 'grace_until', e.grace_until) order by e.valid_from, e.id), '[]') from entitlement e
        where c.i in (e.organisation_id, e.network_id, e.person_id) and (e.valid_to is null or coalesce(e.grace_until, e.valid_to) > now())), c.f
    from chosen c order by c.n, c.i;
end $$;
create function platform_holder(p_kind text, p_id uuid) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform staff_only();
  return case p_kind
    when 'organisation' then (select jsonb_build_object('id', o.id, 'name', o.name, 'address', o.slug, 'country', o.country) from organisation o where o.id = p_id and o.sandbox_until is null)
    when 'network' then (select jsonb_build_object('id', w.id, 'name', w.name, 'address', w.slug, 'country', 'FR') from network w where w.id = p_id)
    when 'person' then (select jsonb_build_object('id', p.id, 'name', p.name, 'address', p.email, 'country', 'FR') from person p where p.id = p_id)
  end;
end $$;

-- 5. Erasing who paid. Called in the transaction of an erasure that is due, before it: Stripe's own words about the payer go,
-- and drafts of invoices; issued ones stay for ten years, and belong to nobody once the account is gone. While a subscription
-- runs nothing is erased: it is cancelled at Stripe first.
create function forget_payer(p_erasure uuid) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_org uuid; v_person uuid; v_account billing_account; v_email text; v_n bigint;
begin
  perform set_config('app.erasure', p_erasure::text, true);
  select e.organisation_id, case when e.organisation_id is null then e.person_id end into v_org, v_person from erasure e
    where e.id = p_erasure and e.stopped_at is null and e.done_at is null and e.due_at <= clock_timestamp() for update;
  if coalesce(v_org, v_person) is null then raise exception 'nobody asked for this erasure, or its day has not come' using errcode = 'P0403'; end if;
  select * into v_account from billing_account b where b.organisation_id = v_org or b.person_id = v_person;
  if exists (select from subscription s where s.account_id = v_account.id and s.status not in ('canceled', 'incomplete_expired')) then
    raise exception 'a subscription of theirs still runs' using errcode = 'P0423';
  end if;
  delete from invoice where account_id = v_account.id and state = 'draft';
  select lower(p.email) into v_email from person p where p.id = v_person;
  delete from stripe_event s where strpos(encode(s.payload, 'escape'), '"' || v_account.stripe_customer || '"') > 0
    or (v_email is not null and strpos(lower(encode(s.payload, 'escape')), '"' || v_email || '"') > 0);
  get diagnostics v_n = row_count;
  perform set_config('app.erasure', '', true);
  return v_n;
end $$;
create function forget_old_invoices(p_most int) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_n bigint;
begin
  perform set_config('app.erasure', 'old invoices', true);
  delete from invoice where id in (select i.id from invoice i where coalesce(i.issued_on, i.created_at::date) < current_date - interval '10 years' limit p_most);
  get diagnostics v_n = row_count;
  perform set_config('app.erasure', '', true);
  return v_n;
end $$;

-- 6. What hangs on a person's own account as a payer is theirs to take away: as in migration 0035, and by account.
create or replace function held_about(p_parcel uuid, p_steps jsonb) returns table (held_in text, found jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
declare v_who uuid; v_email text; v_step jsonb; v_columns text; v_by text;
begin
  perform set_config('app.erasure', p_parcel::text, true);
  select r.person_id into v_who from parcel r where r.id = p_parcel and r.organisation_id is null and r.state = 'running';
  if v_who is null then raise exception 'nobody asked for this parcel' using errcode = 'P0403'; end if;
  select p.email into v_email from person p where p.id = v_who;
  for v_step in select * from jsonb_array_elements(p_steps) loop
    select string_agg(format('%L, t.%I', c, c), ', ') into v_columns from jsonb_array_elements_text(v_step -> 'columns') c;
    select string_agg(case when v_step ->> 'by' = 'address' then format('lower(t.%I) = $2', c)
        when v_step ->> 'by' = 'account' then format('t.%I in (select b.id from billing_account b where b.person_id = $1)', c) else format('t.%I = $1', c) end, ' or ')
      into v_by from jsonb_array_elements_text(v_step -> 'who') c;
    return query execute format('select %L::text, jsonb_build_object(%s) from %I t where %s', v_step ->> 'table', v_columns,
      v_step ->> 'table', v_by) using v_who, v_email;
  end loop;
  return query select 'organisation'::text, jsonb_build_object('id', o.id, 'name', o.name, 'slug', o.slug) from organisation o
    where o.id in (select m.organisation_id from membership m where m.person_id = v_who union
                   select d.organisation_id from mandate d where d.consultant_id = v_who);
  perform set_config('app.erasure', '', true);
end $$;
