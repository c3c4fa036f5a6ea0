-- 1. The worker alone reads cells and writes them; the web process has no right to the table and no policy lets it see a row.
alter table batch_cell enable row level security;
alter table batch_cell force row level security;
create policy worker on batch_cell to palier_worker using (true) with check (true);
create policy forgotten on batch_cell to current_user using (true);
create trigger sealed before update or truncate on batch_cell for each statement execute function refuse_rewriting();

-- 2. Whoever knows the other results of a batch could subtract them from its cells. So cells go with the first result that goes,
-- and with the first consent that is taken back: what would be computed from them then is refused anyway.
create function forget_cells_of_the_campaign() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from batch_cell where campaign_id = (case tg_op when 'DELETE' then old.campaign_id else new.campaign_id end);
  return null;
end $$;
create trigger cells_forgotten after delete on assessment for each row
  when (old.campaign_id is not null and old.state <> 'draft') execute function forget_cells_of_the_campaign();
create trigger cells_forgotten after insert on consent for each row
  when (not new.given) execute function forget_cells_of_the_campaign();
