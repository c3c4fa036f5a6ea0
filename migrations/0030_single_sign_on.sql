do $$
declare t text;
begin
  foreach t in array array['identity_provider', 'sign_on_domain', 'provider_identity', 'spare_key', 'spare_key_use',
                           'sign_on_attempt', 'provider_session'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I using (organisation_id = app_org()) with check (organisation_id = app_org())', t);
  end loop;
end $$;

-- Members learn where their organisation signs in before they are let in; strangers by naming its address or a proved
-- domain, one at a time. What a browser was sent away for is seen by whoever holds its cookie.
create policy members on identity_provider for select using (
  organisation_id in (select m.organisation_id from membership m where m.person_id = app_person())
  or id in (select s.provider_id from session s where s.person_id = app_person()));
create policy named on identity_provider for select using (door = app_link());
create policy named on sign_on_domain for select using (door = app_link() and proved_until > now());
create policy held on sign_on_attempt using (fingerprint = app_link()) with check (fingerprint = app_link());
create policy self on spare_key for select using (person_id = app_person());
create policy self on spare_key_use for select using (person_id = app_person());
create policy self on provider_session for select using (person_id = app_person());

-- The worker looks whether proofs still stand, and tidies up.
create policy worker on sign_on_domain to palier_worker using (true) with check (true);
create policy worker on identity_provider for select to palier_worker using (true);
create policy worker on sign_on_attempt to palier_worker using (true) with check (true);

-- One organisation holds a domain.
create unique index one_holder on sign_on_domain (domain) where proved_until is not null;
create index sign_on_domain_door on sign_on_domain (door);
create index sign_on_attempt_over on sign_on_attempt (expires_at);

alter table provider_session add foreign key (session_id) references session (id) on delete cascade;

-- That a spare key was used is never unsaid.
create trigger written_once before update or truncate on spare_key_use for each statement execute function refuse_rewriting();

-- Whether this session must begin anew at the organisation's provider before it opens the organisation: its provider is
-- the only way in, the person is a member, and neither that provider nor a spare key let the session in. Consultants act
-- by mandate and keep their own way. Null when nothing is due; 'spare' for whoever holds a spare key they have not used.
create function sign_on_due(p_org uuid, p_session uuid) returns text language sql stable as $$
  select case when exists (select from spare_key k where k.organisation_id = p_org and k.person_id = s.person_id)
              then 'spare' else 'due' end
    from identity_provider i join session s on s.id = p_session
      join membership m on m.organisation_id = i.organisation_id and m.person_id = s.person_id
    where i.organisation_id = p_org and i.state = 'enforced' and s.provider_id is distinct from i.id
      and not exists (select from spare_key_use u join spare_key k using (organisation_id, person_id)
                      where u.organisation_id = p_org and u.session_id = s.id and k.person_id = s.person_id);
$$;
