"""Lets the database itself refuse any change to a published form version."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION declared_forms_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'form version % is published and never changes', OLD.code || '@' || OLD.version
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER form_version_immutable BEFORE UPDATE ON declared_forms_formversion
    FOR EACH ROW EXECUTE FUNCTION declared_forms_refuse_change();
"""

BACKWARD = """
DROP TRIGGER form_version_immutable ON declared_forms_formversion;
DROP FUNCTION declared_forms_refuse_change();
"""


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = [("declared_forms", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
