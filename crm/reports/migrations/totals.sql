-- Daily totals: each statement on a counted table adds what it wrote and takes away what it overwrote, one row a
-- group however many rows it touched. Groups are locked in one order, so that statements do not wait in a circle.

CREATE OR REPLACE FUNCTION reports_day(moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (moment AT TIME ZONE 'UTC')::date $$;

-- Contacts: by the day on which they were made. Updates are looked at only where a counted column was written.
CREATE OR REPLACE FUNCTION reports_count_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO reports_dailytotal AS total
               (metric, day, owner_id, team_id, pipeline_id, detail, currency, count, sum)
        SELECT 'contact', reports_day(created_at), owner_id, team_id, NULL, source, '', count(*), 0
          FROM new_rows WHERE archived_at IS NULL GROUP BY 2, 3, 4, 6 ORDER BY 2, 3, 4, 6
        ON CONFLICT (metric, day, owner_id, team_id, pipeline_id, detail, currency) DO UPDATE
           SET count = total.count + EXCLUDED.count;
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO reports_dailytotal AS total
               (metric, day, owner_id, team_id, pipeline_id, detail, currency, count, sum)
        SELECT 'contact', reports_day(made_at), owner, team, NULL, origin, '', sum(sign), 0
          FROM (VALUES (-1, OLD.created_at, OLD.owner_id, OLD.team_id, OLD.source, OLD.archived_at),
                       (1, NEW.created_at, NEW.owner_id, NEW.team_id, NEW.source, NEW.archived_at))
               AS changed (sign, made_at, owner, team, origin, gone_at)
         WHERE gone_at IS NULL GROUP BY 2, 3, 4, 6 HAVING sum(sign) <> 0 ORDER BY 2, 3, 4, 6
        ON CONFLICT (metric, day, owner_id, team_id, pipeline_id, detail, currency) DO UPDATE
           SET count = total.count + EXCLUDED.count;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO reports_dailytotal AS total
               (metric, day, owner_id, team_id, pipeline_id, detail, currency, count, sum)
        SELECT 'contact', reports_day(created_at), owner_id, team_id, NULL, source, '', -count(*), 0
          FROM old_rows WHERE archived_at IS NULL GROUP BY 2, 3, 4, 6 ORDER BY 2, 3, 4, 6
        ON CONFLICT (metric, day, owner_id, team_id, pipeline_id, detail, currency) DO UPDATE
           SET count = total.count + EXCLUDED.count;
    ELSE
        DELETE FROM reports_dailytotal WHERE metric = 'contact';
    END IF;
    DELETE FROM reports_dailytotal WHERE count = 0;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER reports_count_insert AFTER INSERT ON contacts_contact
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_count_contacts();
CREATE OR REPLACE TRIGGER reports_count_update
    AFTER UPDATE OF owner_id, team_id, source, archived_at, created_at ON contacts_contact FOR EACH ROW
    WHEN ((OLD.owner_id, OLD.team_id, OLD.source, OLD.archived_at, OLD.created_at)
          IS DISTINCT FROM (NEW.owner_id, NEW.team_id, NEW.source, NEW.archived_at, NEW.created_at))
    EXECUTE FUNCTION reports_count_contacts();
CREATE OR REPLACE TRIGGER reports_count_delete AFTER DELETE ON contacts_contact
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_count_contacts();
CREATE OR REPLACE TRIGGER reports_count_truncate AFTER TRUNCATE ON contacts_contact
    FOR EACH STATEMENT EXECUTE FUNCTION reports_count_contacts();

-- Moves between stages, as they are noted: history, which nothing takes back.
CREATE OR REPLACE FUNCTION reports_count_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_dailytotal AS total
           (metric, day, owner_id, team_id, pipeline_id, detail, currency, count, sum)
    SELECT 'move', reports_day(move.at), deal.owner_id, deal.team_id, deal.pipeline_id,
           coalesce(move.from_stage_id::text, '') || '>' || coalesce(move.to_stage_id::text, ''), '',
           count(*), sum(move.seconds)
      FROM new_rows move JOIN deals_deal deal ON deal.id = move.deal_id
     GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6
    ON CONFLICT (metric, day, owner_id, team_id, pipeline_id, detail, currency) DO UPDATE
       SET count = total.count + EXCLUDED.count, sum = total.sum + EXCLUDED.sum;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER reports_count_insert AFTER INSERT ON deals_stagechange
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_count_moves();
