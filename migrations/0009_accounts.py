"""Accounts stand in a table of their own: a platform is a row's word, no column.

The columns they stood in stay (on SQLite they carry a UNIQUE, which only a rebuild of the table could drop):

- SQLite has one server, which is stopped for an upgrade: the old columns are emptied, there is one truth.
- On PostgreSQL the release before may still run beside this one. Two triggers keep both places alike, whichever
  process writes; a later migration drops them together with the columns.

Two more columns that no release reads go off the rows: `outbox.chat` and `cases.sealed`. SQLite drops them by its own
statement (no index or constraint is on them); on PostgreSQL they stay for the release before, `sealed` with a default
so that rows may be written without it.
"""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.unmapped import SQL, Unmap

COPY = """
INSERT INTO accounts (person_id, platform, account)
SELECT id, 'wecom', wecom FROM persons WHERE wecom IS NOT NULL
UNION ALL SELECT id, 'dingtalk', dingtalk FROM persons WHERE dingtalk IS NOT NULL
ORDER BY 1, 2 DESC;
"""
EMPTY = "UPDATE persons SET wecom = NULL, dingtalk = NULL;"
BOTH_ALIKE = """
CREATE FUNCTION accounts_from_persons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
  DELETE FROM accounts WHERE person_id = NEW.id AND platform IN ('wecom', 'dingtalk');
  INSERT INTO accounts (person_id, platform, account)
    SELECT NEW.id, held.platform, held.account
    FROM (VALUES ('wecom', NEW.wecom), ('dingtalk', NEW.dingtalk)) AS held (platform, account)
    WHERE held.account IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER accounts_from_persons AFTER INSERT OR UPDATE OF wecom, dingtalk ON persons
  FOR EACH ROW EXECUTE FUNCTION accounts_from_persons();
CREATE FUNCTION persons_from_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN
    UPDATE persons SET wecom = NULL WHERE id = OLD.person_id AND OLD.platform = 'wecom';
    UPDATE persons SET dingtalk = NULL WHERE id = OLD.person_id AND OLD.platform = 'dingtalk';
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE persons SET wecom = NEW.account WHERE id = NEW.person_id AND NEW.platform = 'wecom';
    UPDATE persons SET dingtalk = NEW.account WHERE id = NEW.person_id AND NEW.platform = 'dingtalk';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER persons_from_accounts AFTER INSERT OR UPDATE OR DELETE ON accounts
  FOR EACH ROW EXECUTE FUNCTION persons_from_accounts();
"""


class Migration(migrations.Migration):
    dependencies = [('yousu', '0008_answered')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('yousu.Person', source_field='person_id', related_name='accounts', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('platform', fields.CharField(max_length=40)),
                ('account', fields.CharField(max_length=200)),
            ],
            options={'table': 'accounts', 'app': 'yousu', 'unique_together': (('platform', 'account'), ('person', 'platform')), 'pk_attr': 'id', 'table_description': '平台账号'},
            bases=['Model'],
        ),
        SQL(sqlite=COPY + EMPTY, postgres=COPY + BOTH_ALIKE),
        Unmap(model_name='Person', name='wecom'),
        Unmap(model_name='Person', name='dingtalk'),
        SQL(sqlite='ALTER TABLE outbox DROP COLUMN chat; ALTER TABLE cases DROP COLUMN sealed;',
            postgres="ALTER TABLE cases ALTER COLUMN sealed SET DEFAULT '';"),
        Unmap(model_name='OutboxRow', name='chat'),
        Unmap(model_name='CaseRow', name='sealed'),
        # Only the model's own words for its table: it is named like the others.
        ops.AlterModelOptions(
            name='YearTableRow',
            options={'table': 'year_tables', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '放假安排'},
        ),
    ]
