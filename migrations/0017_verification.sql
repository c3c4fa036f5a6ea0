-- Whoever holds a code, or a file, finds the rows it names and no other; the worker writes them for whom it works.
alter table issued_file enable row level security;
alter table issued_file force row level security;
create policy tenant on issued_file using (organisation_id = app_org() or network_id = app_network())
  with check (organisation_id = app_org() or network_id = app_network());
create policy asked on issued_file for select using (fingerprint = app_link() or sha256 = app_link());

create trigger written_once before update or truncate on issued_file for each statement execute function refuse_rewriting();

-- A job may have a turn: those of one turn are done one after the other, so that nobody's work fills the whole press.
create function enqueue_in_turn(p_task text, p_args jsonb, p_queueing_lock text, p_turn text, p_at timestamptz)
returns bigint language sql security definer set search_path = public, pg_temp as $$
  select (procrastinate_defer_jobs_v1(array[row('default', p_task, 0, p_turn, p_queueing_lock, p_args, p_at)::procrastinate_job_to_defer_v1]))[1]
$$;
