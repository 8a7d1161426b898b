from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("supervision", "0006_letters"),
    ]

    operations = [
        ValidateConstraint(model_name="order", name="order_with_reply_has_a_limit"),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("due_on__isnull", False), ("state__in", ("sent", "sent_back"))),
                fields=["due_on"],
                name="order_reply_awaited",
            ),
        ),
        RemoveIndexConcurrently(model_name="order", name="order_awaited"),
    ]
