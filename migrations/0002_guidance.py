from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import UtcDatetimeField
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('yousu', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='GuidanceRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('no', fields.CharField(unique=True, max_length=40)),
                ('centre', fields.ForeignKeyField('yousu.Centre', source_field='centre_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('case', fields.OneToOneField('yousu.CaseRow', source_field='case_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(max_length=60)),
                ('version', fields.IntField(default=0)),
                ('title', fields.TextField(default='', unique=False)),
                ('problem', fields.TextField(default='', unique=False)),
                ('method', fields.TextField(default='', unique=False)),
                ('steps', fields.TextField(default='', unique=False)),
                ('conclusion', fields.TextField(default='', unique=False)),
                ('scope', fields.TextField(default='', unique=False)),
                ('bodies', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('publisher', fields.CharField(default='', max_length=300)),
                ('submitter', fields.IntField(null=True)),
                ('created_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('published_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'guidance', 'app': 'yousu', 'indexes': [Index(fields=['centre_id', 'state']), Index(fields=['state', 'published_at'])], 'pk_attr': 'id', 'table_description': '政务服务指导案例'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='GuidanceActRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('guidance', fields.ForeignKeyField('yousu.GuidanceRow', source_field='guidance_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('seq', fields.IntField()),
                ('act', fields.CharField(max_length=60)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('actor', fields.IntField(null=True)),
                ('role', fields.CharField(default='', max_length=60)),
                ('via', fields.CharField(default='', max_length=60)),
                ('reason', fields.TextField(default='', unique=False)),
                ('digest', fields.CharField(max_length=64)),
            ],
            options={'table': 'guidance_acts', 'app': 'yousu', 'unique_together': (('guidance', 'seq'),), 'pk_attr': 'id', 'table_description': '指导案例办理记录（只增不改）'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=40)),
                ('document', fields.BigIntField()),
                ('length', fields.IntField()),
            ],
            options={'table': 'search_documents', 'app': 'yousu', 'unique_together': (('kind', 'document'),), 'pk_attr': 'id', 'table_description': '可检索的文本'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SearchTerm',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=40)),
                ('term', fields.CharField(max_length=200)),
                ('document', fields.BigIntField()),
                ('weight', fields.IntField()),
            ],
            options={'table': 'search_terms', 'app': 'yousu', 'unique_together': (('kind', 'term', 'document'),), 'indexes': [Index(fields=['kind', 'document'])], 'pk_attr': 'id', 'table_description': '倒排索引'},
            bases=['Model'],
        ),
    ]
