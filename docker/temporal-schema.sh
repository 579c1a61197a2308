#!/bin/sh
# One-shot: brings Temporal's two databases to the schema of this release. Runs again on every start without harm: a database that has a
# schema is only updated.
set -eu
VERSIONS=/etc/temporal/schema/postgresql/v12

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --endpoint "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" --database "$database" "$@"
}

bring_up_to_date() {
  tool "$1" setup-schema --version 0.0
  tool "$1" update-schema --schema-dir "$VERSIONS/$2/versioned"
}

bring_up_to_date "$DBNAME" temporal
bring_up_to_date "$VISIBILITY_DBNAME" visibility
