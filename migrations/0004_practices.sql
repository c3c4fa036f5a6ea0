-- 1. Who may speak in a network: verified members, while they are. (Reading: readable_networks, 0002.)
create function speaking_networks() returns setof uuid language sql stable as $$
  select m.network_id from network_member m
  where m.organisation_id = app_org() and m.left_on is null and m.verified_at is not null
$$;

do $$
declare t text;
begin
  foreach t in array array['practice', 'practice_version', 'shared_practice', 'practice_comment', 'comment_report',
                           'practice_adoption', 'network_lever'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy worker on %I to palier_worker using (true) with check (true)', t);
  end loop;
end $$;

-- 2. An author writes its own; the network's staff sees what was proposed and says what becomes of it.
create policy own on practice for select using (organisation_id = app_org());
create policy begun on practice for insert with check (
  organisation_id = app_org() and shared_version is null and network_id in (select readable_networks()));
create policy changed on practice for update using (organisation_id = app_org()) with check (organisation_id = app_org());
create policy discarded on practice for delete using (organisation_id = app_org() and shared_version is null);
create policy moderated on practice for select using (network_id = app_network());
create policy decided on practice for update using (network_id = app_network()) with check (network_id = app_network());

create policy own on practice_version using (organisation_id = app_org())
  with check (organisation_id = app_org() and (state in ('draft', 'withdrawn')
    or (state = 'proposed' and network_id in (select speaking_networks()))));
create policy moderated on practice_version for select using (network_id = app_network() and state <> 'draft');
create policy decided on practice_version for update using (network_id = app_network() and state in ('proposed', 'published'))
  with check (network_id = app_network() and state in ('published', 'sent_back'));

-- What left its author is history: the words stay, and a decision is not undone but followed by another version.
create function refuse_rewriting_a_practice() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (
      (new.practice_id, new.organisation_id, new.network_id, new.number) is distinct from
      (old.practice_id, old.organisation_id, old.network_id, old.number)
      or (new.state <> 'draft' and (new.locale, new.title, new.content) is distinct from (old.locale, old.title, old.content))
      or (old.state <> 'proposed' and new.state in ('draft', 'proposed'))) then
    raise exception 'a proposed practice is not rewritten' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger told before update on practice_version for each row execute function refuse_rewriting_a_practice();

create function refuse_moving_a_practice() returns trigger language plpgsql as $$
begin
  if (new.organisation_id, new.network_id) is distinct from (old.organisation_id, old.network_id) then
    raise exception 'a practice stays with its author' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger rooted before update on practice for each row execute function refuse_moving_a_practice();

-- 3. What members read: published by the staff, from a proposed version and nothing else; withdrawn by staff or author.
alter table shared_practice add constraint of_practice foreign key (id) references practice (id) on delete cascade;
create policy members on shared_practice for select using (
  network_id = app_network() or network_id in (select readable_networks()));
create policy published on shared_practice for insert with check (network_id = app_network() and exists (
  select from practice_version v where v.practice_id = shared_practice.id and v.number = shared_practice.version
    and v.network_id = shared_practice.network_id));
create policy republished on shared_practice for update using (network_id = app_network()) with check (network_id = app_network());
create policy taken_down on shared_practice for delete using (
  network_id = app_network() or id in (select p.id from practice p where p.organisation_id = app_org()));

-- 4. Comments: read under what one may read, written by verified members in their own name, hidden by the staff.
alter table practice_comment add constraint of_practice foreign key (practice_id) references practice (id) on delete cascade;
create policy members on practice_comment for select using (
  network_id = app_network()
  or (practice_id in (select s.id from shared_practice s where s.network_id = practice_comment.network_id)
      and (hidden_at is null or organisation_id = app_org())));
create policy spoken on practice_comment for insert with check (
  organisation_id = app_org() and person_id = app_person() and hidden_at is null and network_id in (select speaking_networks())
  and exists (select from shared_practice s where s.id = practice_id and s.network_id = practice_comment.network_id));
create policy hidden on practice_comment for update using (network_id = app_network()) with check (network_id = app_network());
create policy taken_back on practice_comment for delete using (organisation_id = app_org() and person_id = app_person());

create function refuse_rewriting_a_comment() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'hidden_at' - 'hidden_reason') is distinct from (to_jsonb(old) - 'hidden_at' - 'hidden_reason') then
    raise exception 'a comment is never rewritten' using errcode = 'P0403';
  end if;
  return new;
end $$;
create trigger spoken_once before update on practice_comment for each row execute function refuse_rewriting_a_comment();

create policy own_or_staff on comment_report for select using (
  network_id = app_network() or (organisation_id = app_org() and person_id = app_person()));
create policy asked on comment_report for insert with check (
  organisation_id = app_org() and person_id = app_person() and exists (
    select from practice_comment c where c.id = comment_id and c.network_id = comment_report.network_id));
create policy settled on comment_report for update using (network_id = app_network()) with check (network_id = app_network());

-- 5. Who adopted what is nobody else's business: the worker alone counts (palier.practices.rules.adopters).
create policy own on practice_adoption using (organisation_id = app_org()) with check (
  organisation_id = app_org() and (ended_at is not null or exists (select from shared_practice s where s.id = practice_id)));
create unique index practice_adopted_once on practice_adoption (practice_id, organisation_id) where ended_at is null;
create index practice_adoption_of on practice_adoption (organisation_id);

-- 6. The network's own levers.
create policy members on network_lever for select using (
  network_id = app_network() or (state = 'published' and network_id in (select readable_networks())));
create policy staff on network_lever using (network_id = app_network()) with check (network_id = app_network());

-- 7. Words, in both languages and without accents.
create function unaccented(words text) returns text language sql immutable parallel safe as $$
  select translate(replace(replace(lower(words), 'œ', 'oe'), 'æ', 'ae'), 'àâäáãéèêëíîïìóôöòõúùûüçñÿ’', 'aaaaaeeeeiiiiooooouuuucny''')
$$;
create function practice_vector(title text, content jsonb, organisation text) returns tsvector language sql immutable parallel safe as $$
  select setweight(to_tsvector('pg_catalog.french', unaccented(title)) || to_tsvector('pg_catalog.english', unaccented(title)), 'A')
    || to_tsvector('pg_catalog.french', unaccented(told.words)) || to_tsvector('pg_catalog.english', unaccented(told.words))
  from (select concat_ws(' ', content ->> 'done', content ->> 'context', content ->> 'effect', content ->> 'watch',
    content ->> 'steps', content ->> 'measure', organisation) as words) told
$$;
create function practice_question(words text) returns tsquery language sql immutable parallel safe as $$
  select plainto_tsquery('pg_catalog.french', unaccented(words)) || plainto_tsquery('pg_catalog.english', unaccented(words))
$$;
alter table shared_practice add column words tsvector;
create function keep_practice_words() returns trigger language plpgsql as $$
begin
  new.words := practice_vector(new.title, new.content, new.organisation_name);
  return new;
end $$;
create trigger words before insert or update on shared_practice for each row execute function keep_practice_words();
create index shared_practice_words on shared_practice using gin (words);
create index shared_practice_topics on shared_practice using gin (topics jsonb_path_ops);
create index shared_practice_of on shared_practice (network_id, published_at);
create index practice_version_waiting on practice_version (network_id, proposed_at) where state = 'proposed';
create index practice_version_of on practice_version (organisation_id);
create index practice_of on practice (organisation_id);
