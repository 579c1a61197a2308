#!/bin/sh
# Runs once, when the database folder is new: Attune and Temporal get a role and databases of their own each, and nobody logs in as the
# superuser over the network.
set -eu
psql --set=ON_ERROR_STOP=1 --set=attune="$POSTGRES_PASSWORD" --set=password="$TEMPORAL_DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE attune LOGIN PASSWORD :'attune';
CREATE DATABASE attune OWNER attune;
CREATE ROLE temporal LOGIN PASSWORD :'password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
