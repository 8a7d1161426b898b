import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0003_editorial_roles'),
        ('publishing', '0002_site_visits'),
    ]

    operations = [
        migrations.CreateModel(
            name='IndexCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('last', models.PositiveIntegerField(default=0, verbose_name='最后流水号')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.unit', verbose_name='发布机构')),
            ],
            options={
                'verbose_name': '索引号流水',
                'verbose_name_plural': '索引号流水',
                'constraints': [models.UniqueConstraint(fields=('unit', 'year'), name='index_counter_once')],
            },
        ),
    ]
