-- Columns and not expressions: row-level security lets an index answer only operators that cannot leak, and ->> may.
alter table batch_member
  add column sector text not null generated always as (coalesce(attributes ->> 'sector', '')) stored,
  add column family text not null generated always as (coalesce(attributes ->> 'family', '')) stored;
create index batch_member_of_kind on batch_member (edition_id, sector, family);
create index batch_member_of_batch on batch_member (edition_id, batch);
create index batch_member_of_group on batch_member (edition_id, legal_group);
