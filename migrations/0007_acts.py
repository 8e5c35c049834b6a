from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('yousu', '0006_record')]

    initial = False

    operations = [
        ops.AddField(model_name='InboxRow', name='acts', field=fields.JSONField(null=True)),
    ]
