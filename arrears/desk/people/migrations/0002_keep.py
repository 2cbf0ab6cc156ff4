"""The record is added to, never changed: by whatever statement, the tables' owner included."""

from django.db import migrations

KEEP = r"""
CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the record is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AR001'; END $$;
CREATE TRIGGER record_keep BEFORE UPDATE OR DELETE ON record FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER record_keep_all BEFORE TRUNCATE ON record FOR EACH STATEMENT EXECUTE FUNCTION record_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunSQL(KEEP, "DROP FUNCTION record_refuse CASCADE")]
