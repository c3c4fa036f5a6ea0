-- 1. Who reads: an organisation and a network their own chain (0002), everybody what the platform's chain says of
-- them, the worker everything, for it looks every night whether each chain is whole.
create policy mine on audit_entry for select
  using (chain = '00000000-0000-0000-0000-000000000000'
         and (person_id = app_person() or subject = 'person ' || app_person()::text));
create policy worker on audit_entry for select to palier_worker using (true);

create index audit_by_person on audit_entry (chain, person_id, seq desc);
create index audit_by_mandate on audit_entry (chain, mandate_id, seq desc) where mandate_id is not null;
create index audit_by_verb on audit_entry (chain, verb, seq desc);
create index audit_by_time on audit_entry (chain, at);

-- 2. Details may be erased, and nothing else may change: the chain commits to a salted hash of them. Every erasure is
-- itself an entry, which names the entries it emptied; `palier audit verify` takes no emptied entry without one.
drop trigger written_once on audit_entry;
create trigger never_emptied before truncate on audit_entry for each statement execute function refuse_rewriting();
create function refuse_rewriting_an_entry() returns trigger language plpgsql as $$
begin
  if current_setting('app.forgetting', true) is distinct from old.chain::text or old.verb = 'privacy.erased'
      or new.details <> '' or new.salt <> ''
      or to_jsonb(new) - 'details' - 'salt' is distinct from to_jsonb(old) - 'details' - 'salt' then
    raise exception 'rows of audit_entry are never changed once written' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger written_once before update on audit_entry for each row execute function refuse_rewriting_an_entry();
create policy forgotten on audit_entry for update
  using (current_setting('app.forgetting', true) = chain::text)
  with check (current_setting('app.forgetting', true) = chain::text);
create policy seen_while_forgetting on audit_entry for select
  using (current_setting('app.forgetting', true) = chain::text);

create function erase_audit_details(p_chain uuid, p_seqs bigint[], p_person uuid, p_role text, p_mandate uuid, p_subject text)
returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare v_gone bigint[];
begin
  perform set_config('app.forgetting', p_chain::text, true);
  with emptied as (
    update audit_entry set details = '', salt = ''
    where chain = p_chain and seq = any (p_seqs) and verb <> 'privacy.erased' and salt <> ''
    returning seq)
  select array_agg(seq order by seq) into v_gone from emptied;
  perform set_config('app.forgetting', '', true);
  if v_gone is null then return null; end if;
  return audit_append(p_chain, p_person, p_role, p_mandate, 'privacy.erased', p_subject,
                      jsonb_build_object('entries', v_gone)::text);
end $$;

-- 3. Anchors: once a day the heads of all chains under one signed root. A leaf is kept on the day its chain has grown;
-- the leaves of a day are the last ones of every chain until then.
create table audit_anchor (
  day date primary key, at timestamptz not null, chains int not null, entries bigint not null, root text not null,
  previous text not null, hash text not null, public_key text not null, signature text not null);
create table audit_anchor_leaf (
  chain uuid not null, day date not null references audit_anchor (day), seq bigint not null, hash text not null,
  primary key (chain, day));
-- What each nightly look at all chains found; the page of those who run the installation shows the last one.
create table audit_check (
  at timestamptz primary key, chains int not null, entries bigint not null, faults int not null, told text not null);
do $$
declare t text;
begin
  foreach t in array array['audit_anchor', 'audit_anchor_leaf', 'audit_check'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create trigger written_once before update or delete or truncate on %I for each statement execute function refuse_rewriting()', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
end $$;
create policy everybody on audit_anchor for select using (true);
create policy everybody on audit_check for select using (true);
create policy own on audit_anchor_leaf for select using (chain in (app_org(), app_network()));

-- What the proof of one chain needs of the others: a digest of each leaf, in the order of the tree. The digests say
-- nothing of whose they are.
create policy proving on audit_anchor_leaf for select using (current_setting('app.proving', true) = 'yes');
create function audit_anchor_digests(p_day date) returns table (digest text, mine boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform set_config('app.proving', 'yes', true);
  return query
    select encode(sha256(convert_to(l.chain::text || ' ' || l.seq::text || ' ' || l.hash, 'UTF8')), 'hex'),
           coalesce(l.chain in (app_org(), app_network()), false)
    from (select distinct on (a.chain) a.chain, a.seq, a.hash from audit_anchor_leaf a where a.day <= p_day
          order by a.chain, a.day desc) l
    order by l.chain;
  perform set_config('app.proving', '', true);
end $$;
