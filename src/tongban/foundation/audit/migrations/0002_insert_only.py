"""Lets the database itself refuse any change to what was recorded."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit record is insert-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION audit_refuse_rewind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name = OLD.name AND ((NEW.seq = OLD.seq AND NEW.head = OLD.head) OR NEW.seq = OLD.seq + 1) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit record is insert-only: the head of stream % may only move forward by one', OLD.name
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_event_insert_only BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_stream_forward_only BEFORE UPDATE ON audit_auditstream
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_rewind();
CREATE TRIGGER audit_stream_no_delete BEFORE DELETE ON audit_auditstream
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_stream_no_truncate BEFORE TRUNCATE ON audit_auditstream
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_pending_no_truncate BEFORE TRUNCATE ON audit_auditpending
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

BACKWARD = """
DROP TRIGGER audit_event_insert_only ON audit_auditevent;
DROP TRIGGER audit_event_no_truncate ON audit_auditevent;
DROP TRIGGER audit_stream_forward_only ON audit_auditstream;
DROP TRIGGER audit_stream_no_delete ON audit_auditstream;
DROP TRIGGER audit_stream_no_truncate ON audit_auditstream;
DROP TRIGGER audit_pending_no_truncate ON audit_auditpending;
DROP FUNCTION audit_refuse_change();
DROP FUNCTION audit_refuse_rewind();
"""


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
