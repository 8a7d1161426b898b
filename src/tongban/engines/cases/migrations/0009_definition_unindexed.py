import django.db.models.deletion
from django.db import migrations, models

KEYS = (
    ("cases_case_definition_id_a0b1a394", "definition_id"),
    ("cases_case_number_980c9551_like", "number varchar_pattern_ops"),
)
"""A process has a share of all cases, so an index finds little; numbers are asked for whole, never by their beginning."""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0008_fewer_indexes'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON cases_case ({column})",
                )
                for name, column in KEYS
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='case',
                    name='definition',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.processdefinition', verbose_name='流程'),
                ),
            ],
        ),
    ]
