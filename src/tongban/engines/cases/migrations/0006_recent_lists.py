from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("cases", "0005_renewals"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["-closed_at", "-id"], name="case_closed_recent"
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(fields=["-submitted_at", "-id"], name="case_recent"),
        ),
    ]
