from django.db import migrations, models

BODY = """
CREATE OR REPLACE FUNCTION supervision_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO supervision_touched (unit_id, day)
    SELECT DISTINCT c.unit_id, d.day
    FROM written e JOIN cases_case c ON c.id = e.case_id
    CROSS JOIN LATERAL (VALUES {values}) AS d(day);
    RETURN NULL;
END $$;
"""
DAYS = "((e.at AT TIME ZONE 'Asia/Shanghai')::date), (e.effective_on)"
NO_DAY = (
    "(CASE WHEN e.kind <> 'light' THEN (e.at AT TIME ZONE 'Asia/Shanghai')::date END), "
    "(CASE WHEN e.kind <> 'light' THEN e.effective_on END)"
)


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0003_public_standard'),
    ]

    operations = [
        migrations.AlterField(
            model_name='touched',
            name='day',
            field=models.DateField(blank=True, null=True, verbose_name='日期'),
        ),
        migrations.RunSQL(BODY.format(values=NO_DAY), BODY.format(values=DAYS)),
    ]
