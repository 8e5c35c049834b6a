"""Who is kept away from a case (回避), beside the case: lists and counts leave it out without opening it.

Complaints about window staff that an older release took in name nobody: the clerks are kept from them.
"""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.unmapped import SQL

CLERKS = """
INSERT INTO case_recusals (case_id, person_id)
SELECT case_id, NULL FROM events WHERE seq = 1 AND data LIKE '%"staff_complaint":true%';
"""


class Migration(migrations.Migration):
    dependencies = [('yousu', '0009_accounts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CaseRecusal',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('yousu.CaseRow', source_field='case_id', related_name='recusals', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('person', fields.ForeignKeyField('yousu.Person', source_field='person_id', related_name='recusals', null=True, db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'case_recusals', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '回避'},
            bases=['Model'],
        ),
        SQL(sqlite=CLERKS, postgres=CLERKS),
    ]
