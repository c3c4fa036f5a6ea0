-- Whoever holds a code, or a file, finds the rows it names and no other; the worker writes them for whom it works.
alter table issued_file enable row level security;
alter table issued_file force row level security;
create policy tenant on issued_file using (organisation_id = app_org() or network_id = app_network())
  with check (organisation_id = app_org() or network_id = app_network());
create policy asked on issued_file for select using (fingerprint = app_link() or sha256 = app_link());

create trigger written_once before update or truncate on issued_file for each statement execute function refuse_rewriting();
