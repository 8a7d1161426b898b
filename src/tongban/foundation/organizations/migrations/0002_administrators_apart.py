"""Lets the database keep the three administrators apart from each other and from the affairs."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION posting_administrators_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    administrators CONSTANT text[] := ARRAY['system_admin', 'security_admin', 'audit_admin'];
BEGIN
    IF NEW.ended_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.role = ANY (administrators) THEN
        PERFORM 1 FROM accounts_account WHERE id = NEW.account_id FOR UPDATE;
    END IF;
    IF EXISTS (
        SELECT 1 FROM organizations_posting other
        WHERE other.account_id = NEW.account_id AND other.id IS DISTINCT FROM NEW.id AND other.role <> NEW.role
          AND other.ended_at IS NULL
          AND (NEW.role = ANY (administrators) OR other.role = ANY (administrators))
          AND other.valid_from <= COALESCE(NEW.valid_to, 'infinity'::date)
          AND NEW.valid_from <= COALESCE(other.valid_to, 'infinity'::date)
    ) THEN
        RAISE EXCEPTION 'an administrator holds no other role at the same time'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'administrators_apart';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_administrators_apart BEFORE INSERT OR UPDATE ON organizations_posting
    FOR EACH ROW EXECUTE FUNCTION posting_administrators_apart();
"""

BACKWARD = """
DROP TRIGGER posting_administrators_apart ON organizations_posting;
DROP FUNCTION posting_administrators_apart();
"""


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = [("organizations", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
