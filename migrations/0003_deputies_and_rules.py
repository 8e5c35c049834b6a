from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import UtcDatetimeField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('yousu', '0002_guidance')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Deputy',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('yousu.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name='absences', on_delete=OnDelete.RESTRICT)),
                ('deputy', fields.ForeignKeyField('yousu.Person', source_field='deputy_id', db_index=True, db_constraint=True, to_field='id', related_name='stands_in', on_delete=OnDelete.RESTRICT)),
                ('start', fields.CharField(max_length=10)),
                ('end', fields.CharField(max_length=10)),
                ('noted_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'deputies', 'app': 'yousu', 'indexes': [Index(fields=['start', 'end'])], 'pk_attr': 'id', 'table_description': '代班: `deputy` stands in for `person` from `start` to `end`, both days included (local ISO dates).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RuleSetRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('centre', fields.ForeignKeyField('yousu.Centre', source_field='centre_id', null=True, db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('version', fields.CharField(unique=True, max_length=100)),
                ('text', fields.TextField(unique=False)),
                ('applied', fields.IntField(default=0, db_index=True)),
                ('since', UtcDatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rule_sets', 'app': 'yousu', 'pk_attr': 'id', 'table_description': 'One version of the rules, for one centre or (without one) for every centre that has none of its own.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='YearTableRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('year', fields.IntField(db_index=True)),
                ('text', fields.TextField(unique=False)),
                ('imported_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'year_tables', 'app': 'yousu', 'pk_attr': 'id', 'table_description': 'An imported working calendar of one year (JSON as shipped in `data/calendar`). The newest of a year counts.'},
            bases=['Model'],
        ),
    ]
