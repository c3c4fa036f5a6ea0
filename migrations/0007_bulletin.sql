-- A bulletin once made is read by the network's verified members; its staff asks for it, the worker makes it.
create policy members on bulletin for select using (state = 'done' and network_id in (select readable_networks()));
