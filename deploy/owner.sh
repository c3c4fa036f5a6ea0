#!/bin/sh
# Run once by the database's container: the owner of the tables, who is no superuser, and an empty database of theirs.
set -eu
psql --username postgres --set=password="$POSTGRES_PASSWORD" --set=ON_ERROR_STOP=1 <<'SQL'
create role palier login createrole password :'password';
create database palier owner palier encoding 'UTF8' template template0;
SQL
