import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("supervision", "0005_place_live"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="kind",
            field=models.CharField(
                choices=[("reminder", "催办"), ("supervision_order", "督办"), ("supervision_letter", "督查函")],
                max_length=20,
                verbose_name="种类",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="document",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.issueddocument",
                verbose_name="文书",
            ),
        ),
        migrations.RemoveConstraint(model_name="order", name="supervision_order_has_a_limit"),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__isnull", True), ("kind", "reminder"), ("reply_days__isnull", True))
                | models.Q(
                    ("due_on__isnull", False),
                    ("kind__in", ("supervision_order", "supervision_letter")),
                    ("reply_days__isnull", False),
                ),
                name="order_with_reply_has_a_limit",
            ),
        ),
    ]
