from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('yousu', '0003_deputies_and_rules')]

    initial = False

    operations = [
        ops.CreateModel(
            name='TallyRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('platform', fields.CharField(max_length=40)),
                ('month', fields.CharField(max_length=7)),
                ('what', fields.CharField(max_length=40)),
                ('count', fields.BigIntField()),
            ],
            options={'table': 'tallies', 'app': 'yousu', 'unique_together': (('platform', 'month', 'what'),), 'pk_attr': 'id', 'table_description': '平台用量'},
            bases=['Model'],
        ),
    ]
