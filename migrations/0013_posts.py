"""The liaison of several departments: the further ones stand in a table of their own, the first stays on the person."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [('yousu', '0010_recusals')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Post',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('yousu.Person', source_field='person_id', related_name='further', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('department', fields.ForeignKeyField('yousu.Department', source_field='department_id', db_index=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'posts', 'app': 'yousu', 'unique_together': (('person', 'department'),), 'pk_attr': 'id', 'table_description': '兼任部门'},
            bases=['Model'],
        ),
    ]
