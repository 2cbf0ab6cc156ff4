"""The chain, in the database: whoever adds an entry, by whatever way, has it numbered and hashed; nobody changes one."""

from django.db import migrations

CHAIN = r"""
CREATE FUNCTION ledger_field(value text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN value IS NULL THEN '-'::bytea
   ELSE convert_to(octet_length(convert_to(value, 'UTF8')) || ':', 'UTF8') || convert_to(value, 'UTF8') END $$;

CREATE FUNCTION ledger_micros(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (extract(epoch FROM moment) * 1000000)::bigint::text $$;

CREATE FUNCTION ledger_canonical(entry ledger_entry) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT ledger_field(entry.seq::text) || ledger_field(ledger_micros(entry.recorded_at))
       || ledger_field(ledger_micros(entry.at)) || ledger_field(entry.local_at)
       || ledger_field(entry.customer_id) || ledger_field(entry.kind)
       || ledger_field(entry.actor) || ledger_field(entry.intent_id::text) || ledger_field(entry.attempt_seq::text)
       || ledger_field(entry.step) || ledger_field(entry.account_id) || ledger_field(entry.contact_id)
       || ledger_field(entry.channel) || ledger_field(entry.party) || ledger_field(entry.outcome)
       || ledger_field(entry.body) $$;

CREATE FUNCTION ledger_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE head ledger_head%ROWTYPE;
BEGIN
    -- Dispatch takes the ledger's latest time for the present: one entry of tomorrow would make it tomorrow for everybody.
    IF NEW.at > clock_timestamp() + interval '1 minute' THEN
        RAISE EXCEPTION 'the time of an entry has not come yet' USING ERRCODE = 'AR002';
    END IF;
    SELECT * INTO STRICT head FROM ledger_head WHERE head_id = 1 FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.recorded_at := greatest(clock_timestamp(), head.recorded_at);
    NEW.previous := head.hash;
    NEW.hash := sha256(head.hash || ledger_canonical(NEW));
    UPDATE ledger_head SET seq = NEW.seq, hash = NEW.hash, recorded_at = NEW.recorded_at, last_at = greatest(last_at, NEW.at)
        WHERE head_id = 1;
    RETURN NEW;
END
$$;

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AR001'; END $$;

CREATE FUNCTION ledger_refuse_from_outside() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the head of the ledger moves with its entries only' USING ERRCODE = 'AR001';
    END IF;
    RETURN NEW;
END
$$;

INSERT INTO ledger_head (head_id, seq, hash, recorded_at, last_at)
    VALUES (1, 0, sha256('arrears ledger 1'::bytea), '-infinity'::timestamptz, '-infinity'::timestamptz);

INSERT INTO ledger_identity (identity, since) VALUES (left(replace(gen_random_uuid()::text, '-', ''), 12), clock_timestamp());

CREATE TRIGGER ledger_chain BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_chain();
CREATE TRIGGER ledger_keep BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_keep_all BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_head_moves BEFORE UPDATE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_refuse_from_outside();
CREATE TRIGGER ledger_head_keep BEFORE INSERT OR DELETE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_head_keep_all BEFORE TRUNCATE ON ledger_head FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
REVOKE ALL ON FUNCTION ledger_chain() FROM PUBLIC;
"""

UNCHAIN = """
DROP FUNCTION ledger_chain, ledger_refuse, ledger_refuse_from_outside CASCADE;
DROP FUNCTION ledger_canonical, ledger_micros, ledger_field CASCADE;
ALTER TABLE ledger_head DISABLE TRIGGER ALL;
DELETE FROM ledger_head;
DELETE FROM ledger_identity;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(CHAIN, UNCHAIN)]
