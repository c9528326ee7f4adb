-- Before a deal is written: a place on top of its column if none was given (ranks.top writes the same), and the
-- moment from which it looks forgotten.
CREATE OR REPLACE FUNCTION deals_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.rank = '' THEN
        NEW.rank := 'M'
            || lpad(to_hex(4503599627370495 - (extract(epoch FROM NEW.stage_entered_at) * 1000000)::bigint), 14, '0')
            || lpad(to_hex(NEW.id), 10, '0') || '1';
    END IF;
    NEW.rots_at := (SELECT NEW.stage_entered_at + make_interval(days => stage.rot_days)
                      FROM deals_stage stage WHERE stage.id = NEW.stage_id AND stage.kind = 'open');
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER deals_place_insert BEFORE INSERT ON deals_deal
    FOR EACH ROW EXECUTE FUNCTION deals_place();
CREATE OR REPLACE TRIGGER deals_place_update BEFORE UPDATE OF rank, stage_id, stage_entered_at, rots_at ON deals_deal
    FOR EACH ROW EXECUTE FUNCTION deals_place();

-- The deals that were there before.
UPDATE deals_deal SET rank = '';
