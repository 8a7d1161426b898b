"""Raise the stamp of sites whenever what pages take from their frame changes, whoever changes it and by whatever way."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION publishing_frame_of_sites() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE publishing_site SET stamp = stamp + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_site_stamp AFTER UPDATE OF
    code, kind, name, short_name, host, path_prefix, region_id, parent_id, unit_id, identification_code, settings, look, "order"
ON publishing_site FOR EACH ROW WHEN (
    (OLD.code, OLD.kind, OLD.name, OLD.short_name, OLD.host, OLD.path_prefix, OLD.region_id, OLD.parent_id, OLD.unit_id,
     OLD.identification_code, OLD.settings, OLD.look, OLD."order")
    IS DISTINCT FROM
    (NEW.code, NEW.kind, NEW.name, NEW.short_name, NEW.host, NEW.path_prefix, NEW.region_id, NEW.parent_id, NEW.unit_id,
     NEW.identification_code, NEW.settings, NEW.look, NEW."order")
) EXECUTE FUNCTION publishing_frame_of_sites();
CREATE TRIGGER publishing_site_stamp_new AFTER INSERT OR DELETE ON publishing_site
FOR EACH STATEMENT EXECUTE FUNCTION publishing_frame_of_sites();

CREATE FUNCTION publishing_frame_of_column() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE publishing_site SET stamp = stamp + 1 WHERE id = OLD.site_id;
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.site_id <> OLD.site_id) THEN
        UPDATE publishing_site SET stamp = stamp + 1 WHERE id = NEW.site_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_column_stamp AFTER UPDATE OF
    site_id, parent_id, slug, path, name, description, keywords, kind, watch, unit_id, mirror_of_id, "order", scheme_code, is_open
ON publishing_column FOR EACH ROW WHEN (
    (OLD.site_id, OLD.parent_id, OLD.path, OLD.name, OLD.description, OLD.keywords, OLD.kind, OLD.watch, OLD.unit_id,
     OLD.mirror_of_id, OLD."order", OLD.scheme_code, OLD.is_open)
    IS DISTINCT FROM
    (NEW.site_id, NEW.parent_id, NEW.path, NEW.name, NEW.description, NEW.keywords, NEW.kind, NEW.watch, NEW.unit_id,
     NEW.mirror_of_id, NEW."order", NEW.scheme_code, NEW.is_open)
) EXECUTE FUNCTION publishing_frame_of_column();
CREATE TRIGGER publishing_column_stamp_new AFTER INSERT OR DELETE ON publishing_column
FOR EACH ROW EXECUTE FUNCTION publishing_frame_of_column();

CREATE FUNCTION publishing_frame_of_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE publishing_site SET stamp = stamp + 1
    WHERE unit_id = NEW.id OR id IN (SELECT site_id FROM publishing_column WHERE unit_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_unit_stamp AFTER UPDATE OF name, name_en ON organizations_unit FOR EACH ROW
WHEN ((OLD.name, OLD.name_en) IS DISTINCT FROM (NEW.name, NEW.name_en)) EXECUTE FUNCTION publishing_frame_of_unit();

CREATE FUNCTION publishing_frame_of_region() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE publishing_site SET stamp = stamp + 1 WHERE region_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER publishing_region_stamp AFTER UPDATE OF name, name_en ON organizations_region FOR EACH ROW
WHEN ((OLD.name, OLD.name_en) IS DISTINCT FROM (NEW.name, NEW.name_en)) EXECUTE FUNCTION publishing_frame_of_region();
"""
BACKWARD = """
DROP TRIGGER publishing_region_stamp ON organizations_region;
DROP TRIGGER publishing_unit_stamp ON organizations_unit;
DROP TRIGGER publishing_column_stamp_new ON publishing_column;
DROP TRIGGER publishing_column_stamp ON publishing_column;
DROP TRIGGER publishing_site_stamp_new ON publishing_site;
DROP TRIGGER publishing_site_stamp ON publishing_site;
DROP FUNCTION publishing_frame_of_region();
DROP FUNCTION publishing_frame_of_unit();
DROP FUNCTION publishing_frame_of_column();
DROP FUNCTION publishing_frame_of_sites();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0003_index_counter"),
        ("organizations", "0005_english_names"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
