from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0006_recent_lists'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent'], name='case_parent'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('agent__isnull', False)), fields=['agent'], name='case_agent'),
        ),
        AddIndexConcurrently(
            model_name='caseevent',
            index=models.Index(condition=models.Q(('task__isnull', False)), fields=['task'], name='case_event_task'),
        ),
        AddIndexConcurrently(
            model_name='caseevent',
            index=models.Index(condition=models.Q(('account__isnull', False)), fields=['account'], name='case_event_account'),
        ),
        AddIndexConcurrently(
            model_name='caseevent',
            index=models.Index(condition=models.Q(('unit__isnull', False)), fields=['unit'], name='case_event_unit'),
        ),
    ]
