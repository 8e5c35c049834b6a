"""What people hand in beside words: contents in sealed parts, and which case they belong to."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import UtcDatetimeField
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('yousu', '0014_flat')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BlobRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('origin', fields.CharField(unique=True, max_length=64)),
                ('kind', fields.CharField(max_length=20)),
                ('type', fields.CharField(max_length=100)),
                ('size', fields.IntField()),
                ('sha256', fields.CharField(max_length=64)),
                ('sealed', fields.TextField(unique=False)),
                ('person', fields.ForeignKeyField('yousu.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name='blobs', on_delete=OnDelete.RESTRICT)),
                ('chat', fields.CharField(default='', max_length=250)),
                ('received_at', UtcDatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'blobs', 'app': 'yousu', 'pk_attr': 'id', 'table_description': '材料内容'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BlobPart',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('blob', fields.ForeignKeyField('yousu.BlobRow', source_field='blob_id', db_constraint=True, to_field='id', related_name='parts', on_delete=OnDelete.RESTRICT)),
                ('place', fields.IntField()),
                ('data', fields.BinaryField()),
            ],
            options={'table': 'blob_parts', 'app': 'yousu', 'unique_together': (('blob', 'place'),), 'pk_attr': 'id', 'table_description': '材料内容分段（密封）'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MaterialRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('yousu.CaseRow', source_field='case_id', db_constraint=True, to_field='id', related_name='materials', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('blob', fields.ForeignKeyField('yousu.BlobRow', source_field='blob_id', db_index=True, db_constraint=True, to_field='id', related_name='materials', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'materials', 'app': 'yousu', 'unique_together': (('case', 'number'),), 'pk_attr': 'id', 'table_description': '材料'},
            bases=['Model'],
        ),
    ]
