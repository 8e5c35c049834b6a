"""Endings of what came from outside, on their way to the systems that sent it."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.fields import UtcDatetimeField


class Migration(migrations.Migration):
    dependencies = [('yousu', '0016_materials')]

    initial = False

    operations = [
        ops.CreateModel(
            name='WebhookPush',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hook', fields.CharField(max_length=64)),
                ('case', fields.ForeignKeyField('yousu.CaseRow', source_field='case_id', db_constraint=True, to_field='id', related_name='pushes', on_delete=OnDelete.RESTRICT)),
                ('seq', fields.IntField()),
                ('state', fields.CharField(default='pending', max_length=20)),
                ('attempts', fields.IntField(default=0)),
                ('error', fields.CharField(default='', max_length=200)),
                ('created_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('next_try_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('taken_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'webhook_pushes', 'app': 'yousu', 'unique_together': (('case', 'seq', 'hook'),), 'indexes': [Index(fields=['state', 'next_try_at'])], 'pk_attr': 'id', 'table_description': '办理结果推送'},
            bases=['Model'],
        ),
    ]
