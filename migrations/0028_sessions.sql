-- A session open before this release was begun by a password.
update session set proved_at = created_at;

-- Who presents a session's secret, and what they are in the organisation of the address. A session ends thirty days
-- after it began (expires_at) and twelve hours after it was last used (palier.accounts.rules.IDLE).
drop function whoami(text, text);
create function whoami(p_fingerprint text, p_slug text)
returns table (session_id uuid, seen_at timestamptz, method text, provider_id uuid, proved_at timestamptz,
               second_factor_at timestamptz, person_id uuid, name text, email text, locale text, theme text,
               time_zone text, shortcuts boolean, organisation_id uuid, slug text, organisation_name text,
               sandbox boolean, role text, mandate_id uuid)
language plpgsql as $$
declare v_person uuid;
begin
  select s.person_id into v_person from session s
    where s.fingerprint = p_fingerprint and s.expires_at > now() and s.seen_at > now() - interval '12 hours';
  if v_person is null then return; end if;
  perform set_config('app.person', v_person::text, true);
  return query
    select s.id, s.seen_at, s.method::text, s.provider_id, s.proved_at, s.second_factor_at,
           p.id, p.name::text, p.email::text, p.locale::text, p.theme::text, p.time_zone::text, p.shortcuts,
           o.id, o.slug::text, o.name::text, o.sandbox_until is not null,
           coalesce(m.role, case when d.id is not null then 'consultant' end)::text, case when m.id is null then d.id end
    from session s
    join person p on p.id = s.person_id
    left join organisation o on o.slug = p_slug and (o.sandbox_until is null or o.sandbox_until > now())
    left join membership m on m.organisation_id = o.id and m.person_id = p.id
    left join mandate d on d.organisation_id = o.id and d.consultant_id = p.id and d.revoked_at is null and d.ends_on >= current_date
    where s.fingerprint = p_fingerprint limit 1;
end $$;
