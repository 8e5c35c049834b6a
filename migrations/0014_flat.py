"""Indexes that match the questions of lists and counts, and which open cases wait for nobody's decision."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [('yousu', '0013_posts')]

    initial = False

    operations = [
        ops.AddField(model_name='CaseRow', name='settled_version', field=fields.IntField(null=True)),
        ops.AddIndex(model_name='CaseRow', index=Index(fields=['centre_id', 'is_open', 'state', 'due_at'])),
        ops.AddIndex(model_name='CaseRow', index=Index(fields=['centre_id', 'is_open', 'settled_version', 'version'])),
        ops.AddIndex(model_name='CaseRow', index=Index(fields=['centre_id', 'registered_at', 'state'])),
        ops.AddIndex(model_name='CaseRow', index=Index(fields=['centre_id', 'closed_at', 'state'])),
        ops.AddIndex(model_name='CaseRow', index=Index(fields=['centre_id', 'is_open', 'no'])),
    ]
