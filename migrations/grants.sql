-- Run after every migration: what the web process and the worker may do. Neither owns anything.
grant usage on schema public to palier_web, palier_worker;
revoke all on all tables in schema public from palier_web, palier_worker;
grant usage, select on all sequences in schema public to palier_web, palier_worker;

grant select on all tables in schema public to palier_web, palier_worker;
revoke select on mail, contribution, draft_row, batch_cell, release_text from palier_web;
revoke select on mirror_answer, mirror_given, mirror_batch from palier_web, palier_worker;

grant insert, update, delete on person, session, mailed_link, sign_in_attempt, organisation, membership, invitation, mandate,
  consultant_firm, network_member, participation, assessment, answer, action_plan, action, kpi_reading,
  dismissal, report, stored_file, operation, own_questionnaire to palier_web, palier_worker;
grant insert, update, delete on register_entry, campaign_plan, sent_notice, letter_choice, directory_listing, network_look,
  network_door, member_import, bulletin to palier_web, palier_worker;
grant insert on sent_reminder to palier_worker;
grant insert, update on hand_over to palier_web, palier_worker;
grant insert on mandate_reminder to palier_worker;
grant insert, update, delete on response, response_given, respondent to palier_web, palier_worker;
grant insert on response_event, agreement to palier_web, palier_worker;
grant insert, update, delete on presence, section_mark, discussed_criterion to palier_web, palier_worker;
grant insert, update, delete on assignment, expected_respondent, reminder_plan to palier_web, palier_worker;
grant insert, update on round_reminder to palier_web, palier_worker;
grant insert on answer_event, used_definition, mail to palier_web, palier_worker;
grant insert, update, delete on campaign, network, network_manager, contribution to palier_worker;
grant insert on consent, correction to palier_web, palier_worker;
grant insert on batch_member to palier_worker;
grant insert, update on edition_draft to palier_worker;
grant insert, delete on draft_row, draft_seat, batch_cell, release_text to palier_worker;
grant insert, update on campaign to palier_web;
grant insert on edition, release_row to palier_worker;
grant select, insert, update, delete on heartbeat to palier_worker;
grant insert, update on worker_tally to palier_worker;
grant update, delete on mail to palier_worker;
grant insert, update, delete on procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers to palier_worker;

grant insert on issued_file to palier_web, palier_worker;
grant insert, update, delete on calendar_feed to palier_web, palier_worker;
grant insert, update, delete on report_preset to palier_web, palier_worker;
grant insert, update, delete on brought_file to palier_web, palier_worker;
grant insert, update, delete on plan_assessment to palier_web, palier_worker;
grant insert, update, delete on action_dependency, checklist_item, action_review to palier_web, palier_worker;
grant insert, update, delete on topic_comment to palier_web, palier_worker;
grant insert, delete on topic_file to palier_web, palier_worker;
grant insert, update, delete on evidence to palier_web, palier_worker;
grant insert, delete on evidence_use to palier_web, palier_worker;
grant insert, update, delete on mirror, mirror_link to palier_web, palier_worker;
grant insert, update on shared_link to palier_web, palier_worker;
grant delete on shared_link to palier_worker;
grant insert on link_opening to palier_web;
grant insert, update, delete on identity_provider, sign_on_domain, provider_identity, spare_key, sign_on_attempt, provider_session
  to palier_web, palier_worker;
grant insert on spare_key_use to palier_web;
grant insert, update on asked_link, asked_opinion to palier_web, palier_worker;
grant insert, update, delete on practice, practice_version, shared_practice, practice_comment, comment_report, practice_adoption,
  network_lever to palier_web, palier_worker;
grant insert, update, delete on authenticator_app, recovery_code, passkey, pending_proof, known_browser to palier_web, palier_worker;

grant insert, update on unit, affiliation_letter, territory_member to palier_web, palier_worker;
grant insert on territory to palier_web, palier_worker;
grant insert, update, delete on shared_indicator to palier_web, palier_worker;

revoke all on function audit_append(uuid, uuid, text, uuid, text, text, text) from public;
revoke all on function enqueue(text, jsonb, text, timestamptz) from public;
revoke all on function enqueue_in_turn(text, jsonb, text, text, timestamptz) from public;
revoke all on function erase_sandbox(uuid) from public;
grant execute on function audit_append(uuid, uuid, text, uuid, text, text, text), enqueue(text, jsonb, text, timestamptz),
  enqueue_in_turn(text, jsonb, text, text, timestamptz), erase_sandbox(uuid) to palier_web, palier_worker;
revoke all on function give_mirror_answer(text, jsonb, date), mirror_figures(uuid) from public;
grant execute on function give_mirror_answer(text, jsonb, date), mirror_figures(uuid) to palier_web, palier_worker;
revoke all on function portfolio_glance(date, timestamptz, boolean), portfolio_rounds(date, uuid[], uuid[], text[]),
  actions_involving(date, uuid[]) from public;
grant execute on function portfolio_glance(date, timestamptz, boolean), portfolio_rounds(date, uuid[], uuid[], text[]),
  actions_involving(date, uuid[]) to palier_web;
revoke all on function superseded_since(text) from public;
grant execute on function superseded_since(text) to palier_web;
grant insert on audit_anchor, audit_anchor_leaf, audit_check to palier_worker;
revoke all on function erase_audit_details(uuid, bigint[], uuid, text, uuid, text), audit_anchor_digests(date) from public;
grant execute on function erase_audit_details(uuid, bigint[], uuid, text, uuid, text) to palier_worker;
grant execute on function audit_anchor_digests(date) to palier_web;

-- Billing: entitlements and invoices end and are corrected, they are not deleted; events arrive at the web process unread.
grant insert, update on entitlement, billing_account, checkout, subscription, offer_agreement, sponsorship, invoice, invoice_series, billing_notice
  to palier_web, palier_worker;
grant insert, update on stripe_event to palier_web, palier_worker;
grant insert on stripe_review to palier_worker;
revoke all on function open_entitlements(uuid, uuid, uuid), places_taken(uuid), clients_taken(uuid, uuid) from public;
grant execute on function open_entitlements(uuid, uuid, uuid), places_taken(uuid), clients_taken(uuid, uuid) to palier_web, palier_worker;

-- The platform's staff. The owner of the tables looks past row-level security only inside the functions that open it.
revoke select on staff_presence, job_failure from palier_web;
grant insert on job_failure to palier_web, palier_worker;
grant delete on job_failure to palier_worker;
grant insert, update on visit to palier_web, palier_worker;
grant insert, update on visit_choice to palier_web;
grant insert, update on factor_removal to palier_web, palier_worker;
do $$
declare t text;
begin
  foreach t in array array['organisation', 'membership', 'mandate', 'network_member', 'network_manager', 'campaign', 'edition', 'mail',
                           'assessment', 'stored_file', 'own_questionnaire', 'audit_entry', 'visit', 'visit_choice', 'authenticator_app', 'passkey'] loop
    if not exists (select from pg_policies p where p.tablename = t and p.policyname = 'platform' and current_user = any (p.roles)) then
      execute format('drop policy if exists platform on %I', t);
      execute format('create policy platform on %I for select to %I using (current_setting(''app.platform'', true) = ''on'')', t, current_user);
    end if;
  end loop;
  for t in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
      and (p.proname like 'platform\_%' or p.proname in ('on_staff', 'staff_present', 'visit_of', 'staff_session')) loop
    execute format('revoke all on function %s from public', t);
    execute format('grant execute on function %s to palier_web', t);
  end loop;
  grant execute on function staff_session(uuid) to palier_worker;
end $$;
revoke all on function shows_something(territory_member) from public;
revoke all on function unit_rounds(), unit_scores(text), open_result(uuid, uuid), use_letter_up(), may_become_unit(uuid, uuid), letter_shown(text, uuid, uuid),
  in_territory(uuid), territory_people(uuid), territory_indicators(uuid), territory_scores(uuid), known_through_structures() from public;
grant execute on function unit_rounds(), unit_scores(text), open_result(uuid, uuid), use_letter_up(), may_become_unit(uuid, uuid), letter_shown(text, uuid, uuid),
  in_territory(uuid), territory_people(uuid), territory_indicators(uuid), territory_scores(uuid), known_through_structures()
  to palier_web, palier_worker;

-- What people asked about their data. An erasure is carried out by the worker alone, through functions that check that it is due;
-- inside them the owner of the tables sees every row, and everywhere else none (migration 0035).
grant insert, update on parcel, erasure to palier_web, palier_worker;
grant delete on parcel to palier_worker;
grant insert, update, delete on retention to palier_web, palier_worker;
revoke all on function erase_person(uuid, jsonb), erase_organisation(uuid, text[]), forget_old_details(uuid, timestamptz, int), sole_owner(uuid, uuid),
  held_about(uuid, jsonb), unprint(uuid), forget_payer(uuid), forget_old_invoices(int) from public;
grant execute on function erase_person(uuid, jsonb), erase_organisation(uuid, text[]), forget_old_details(uuid, timestamptz, int),
  held_about(uuid, jsonb), unprint(uuid), forget_payer(uuid), forget_old_invoices(int) to palier_worker;
grant execute on function sole_owner(uuid, uuid) to palier_web, palier_worker;
do $$
declare t text;
begin
  for t in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relforcerowsecurity
      and not exists (select from pg_policies p where p.tablename = c.relname and p.policyname = 'erasing' and current_user = any (p.roles)) loop
    execute format('drop policy if exists erasing on %I', t);
    execute format('create policy erasing on %I to %I using (is_erasure()) with check (is_erasure())', t, current_user);
  end loop;
end $$;
