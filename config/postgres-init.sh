#!/bin/sh
# Run once by the PostgreSQL container on an empty volume. The application's role owns its database
# and is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set password="$JAMVIKT_PASSWORD" <<'SQL'
CREATE ROLE jamvikt LOGIN PASSWORD :'password';
CREATE DATABASE jamvikt OWNER jamvikt;
SQL
