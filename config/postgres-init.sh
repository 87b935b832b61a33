#!/bin/sh
# Run once by the PostgreSQL container on an empty volume. One role owns the database and migrates
# it; the application connects as another, which `manage.py database_role` gives its rights.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set password="$JAMVIKT_PASSWORD" \
    --set owner_password="$JAMVIKT_OWNER_PASSWORD" <<'SQL'
CREATE ROLE jamvikt_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE jamvikt LOGIN PASSWORD :'password';
CREATE DATABASE jamvikt OWNER jamvikt_owner;
SQL
