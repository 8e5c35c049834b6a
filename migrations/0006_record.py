from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import UtcDatetimeField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('yousu', '0005_leases')]

    initial = False

    operations = [
        ops.AddField(model_name='CaseRow', name='mac', field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name='CaseRow', name='steps_hash', field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name='EventRow', name='private_hash', field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name='CounterRow', name='mac', field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name='AccessLog', name='hash', field=fields.CharField(null=True, max_length=64)),
        ops.CreateModel(
            name='JournalRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('count', fields.BigIntField(default=0)),
                ('hash', fields.CharField(max_length=64)),
                ('mac', fields.CharField(max_length=64)),
            ],
            options={'table': 'journals', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '流水的末端'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ChangeRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('what', fields.CharField(max_length=40)),
                ('ref', fields.BigIntField()),
                ('digest', fields.CharField(max_length=64)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'changes', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '名册、规则、日历的变更流水'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HeadRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.CharField(unique=True, max_length=10)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('upto', fields.BigIntField()),
                ('cases', fields.BigIntField()),
                ('events', fields.BigIntField()),
                ('total', fields.CharField(max_length=64)),
                ('journals', fields.JSONField(default=dict)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'record_heads', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '每日校验码'},
            bases=['Model'],
        ),
    ]
