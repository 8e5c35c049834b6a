from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import UtcDatetimeField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('yousu', '0004_tallies')]

    initial = False

    operations = [
        ops.CreateModel(
            name='LeadershipRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('epoch', fields.BigIntField(default=0, db_default=0)),
                ('owner', fields.CharField(default='', db_default='', max_length=40)),
            ],
            options={'table': 'leadership', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '值守'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProcessRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('heartbeat', fields.BigIntField(default=0, db_default=0)),
                ('dead', fields.BooleanField(default=False, db_default=False)),
                ('host', fields.CharField(default='', db_default='', max_length=300)),
                ('started', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'processes', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '运行中的进程'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='InboxRow',
            name='deaths',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='InboxRow',
            name='owner',
            field=fields.CharField(null=True, max_length=40),
        ),
        ops.AddField(
            model_name='OutboxRow',
            name='owner',
            field=fields.CharField(null=True, max_length=40),
        ),
    ]
