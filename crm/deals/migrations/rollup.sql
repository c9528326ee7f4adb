-- After a statement on deals: what it adds to and takes from the stages' roll-ups, one row a group however many
-- deals it wrote. Groups are locked in one order, so that statements do not wait for each other in a circle.
CREATE OR REPLACE FUNCTION deals_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO deals_stagerollup AS rollup (stage_id, owner_id, team_id, currency, count, sum)
        SELECT stage_id, owner_id, team_id, currency, count(*), sum(amount)
          FROM new_deals WHERE archived_at IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (stage_id, owner_id, team_id, currency) DO UPDATE
           SET count = rollup.count + EXCLUDED.count, sum = rollup.sum + EXCLUDED.sum;
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO deals_stagerollup AS rollup (stage_id, owner_id, team_id, currency, count, sum)
        SELECT stage_id, owner_id, team_id, currency, sum(sign), sum(sign * amount)
          FROM (SELECT *, -1 AS sign FROM old_deals UNION ALL SELECT *, 1 FROM new_deals) changed
         WHERE archived_at IS NULL GROUP BY 1, 2, 3, 4
        HAVING sum(sign) <> 0 OR sum(sign * amount) <> 0 ORDER BY 1, 2, 3, 4
        ON CONFLICT (stage_id, owner_id, team_id, currency) DO UPDATE
           SET count = rollup.count + EXCLUDED.count, sum = rollup.sum + EXCLUDED.sum;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO deals_stagerollup AS rollup (stage_id, owner_id, team_id, currency, count, sum)
        SELECT stage_id, owner_id, team_id, currency, -count(*), -sum(amount)
          FROM old_deals WHERE archived_at IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (stage_id, owner_id, team_id, currency) DO UPDATE
           SET count = rollup.count + EXCLUDED.count, sum = rollup.sum + EXCLUDED.sum;
    ELSE
        DELETE FROM deals_stagerollup;
    END IF;
    DELETE FROM deals_stagerollup WHERE count = 0;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER deals_add_up_insert AFTER INSERT ON deals_deal
    REFERENCING NEW TABLE AS new_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_add_up();
CREATE OR REPLACE TRIGGER deals_add_up_update AFTER UPDATE ON deals_deal
    REFERENCING OLD TABLE AS old_deals NEW TABLE AS new_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_add_up();
CREATE OR REPLACE TRIGGER deals_add_up_delete AFTER DELETE ON deals_deal
    REFERENCING OLD TABLE AS old_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_add_up();
CREATE OR REPLACE TRIGGER deals_add_up_truncate AFTER TRUNCATE ON deals_deal
    FOR EACH STATEMENT EXECUTE FUNCTION deals_add_up();

-- The deals that were there before.
INSERT INTO deals_stagerollup (stage_id, owner_id, team_id, currency, count, sum)
SELECT stage_id, owner_id, team_id, currency, count(*), sum(amount)
  FROM deals_deal WHERE archived_at IS NULL GROUP BY 1, 2, 3, 4;
