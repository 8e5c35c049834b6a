"""Schema changes, oldest first; `yousu migrate` applies them (models/migrate.py).

A new one: change the rows, run `tortoise makemigrations -n what_changes`, read `tortoise sqlmigrate yousu 000N`,
and keep these rules:

- A released migration is never edited.
- No automatic `AlterField` on SQLite where the SQL says DROP TABLE: the rebuild loses the table's indexes. Write the
  twelve steps as `RunSQL`, indexes included. Text needs no widening there: SQLite ignores lengths.
- `AddField` on a table with rows needs `db_default`.
- A column the rows no longer need is taken off them with `models.unmapped.Unmap` and stays where the release before
  may still run beside (PostgreSQL); it is dropped a release later. What stays is in `LEFT_BEHIND` of the test below.
- An index over a foreign key names the column (`centre_id`): by the field's name the ORM would index a constant.
- `tests/model/test_migrations.py` must still find the migrated database equal to what the rows describe.
"""
