from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('yousu', '0007_acts')]

    initial = False

    operations = [
        ops.AddField(model_name='InboxRow', name='answered', field=fields.JSONField(null=True)),
    ]
