-- Figures of steps count opened emails and followed links, too (figures.sql has the rest); and rows that are inserted
-- together are counted by one statement.

DROP FUNCTION IF EXISTS sequences_add_figure(bigint, bigint, bigint, integer, text, boolean);
CREATE OR REPLACE FUNCTION sequences_add_figure(
    a_sequence bigint, a_step bigint, number bigint, sign integer, a_state text, has_replied boolean,
    was_opened boolean DEFAULT false, was_clicked boolean DEFAULT false
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sequences_figure AS figure
           (sequence_id, step_id, shard, entered, here, sent, done, skipped, replied, stopped, failed, opened, clicked)
    VALUES (a_sequence, a_step, (number % 4)::smallint, sign,
            CASE WHEN a_state IN ('here', 'active', 'paused') THEN sign ELSE 0 END,
            CASE WHEN a_state = 'sent' THEN sign ELSE 0 END,
            CASE WHEN a_state IN ('done', 'finished') THEN sign ELSE 0 END,
            CASE WHEN a_state = 'skipped' THEN sign ELSE 0 END,
            CASE WHEN has_replied THEN sign ELSE 0 END,
            CASE WHEN a_state = 'stopped' THEN sign ELSE 0 END,
            CASE WHEN a_state = 'failed' THEN sign ELSE 0 END,
            CASE WHEN was_opened THEN sign ELSE 0 END,
            CASE WHEN was_clicked THEN sign ELSE 0 END)
    ON CONFLICT (sequence_id, step_id, shard) DO UPDATE
       SET entered = figure.entered + EXCLUDED.entered, here = figure.here + EXCLUDED.here,
           sent = figure.sent + EXCLUDED.sent, done = figure.done + EXCLUDED.done,
           skipped = figure.skipped + EXCLUDED.skipped, replied = figure.replied + EXCLUDED.replied,
           stopped = figure.stopped + EXCLUDED.stopped, failed = figure.failed + EXCLUDED.failed,
           opened = figure.opened + EXCLUDED.opened, clicked = figure.clicked + EXCLUDED.clicked;
END $$;

CREATE OR REPLACE FUNCTION sequences_count_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM sequences_figure WHERE step_id IS NOT NULL;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM sequences_add_figure(OLD.sequence_id, OLD.step_id, OLD.enrollment_id, -1, OLD.state, OLD.replied,
            OLD.opened, OLD.clicked);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM sequences_add_figure(NEW.sequence_id, NEW.step_id, NEW.enrollment_id, 1, NEW.state, NEW.replied,
            NEW.opened, NEW.clicked);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER sequences_recount_visit AFTER UPDATE OF state, replied, opened, clicked ON sequences_visit
    FOR EACH ROW WHEN ((OLD.state, OLD.replied, OLD.opened, OLD.clicked)
       IS DISTINCT FROM (NEW.state, NEW.replied, NEW.opened, NEW.clicked))
    EXECUTE FUNCTION sequences_count_visit();

CREATE OR REPLACE FUNCTION sequences_count_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'sequences_visit' THEN
        INSERT INTO sequences_figure AS figure (sequence_id, step_id, shard, entered, here, sent, done, skipped,
            replied, stopped, failed, opened, clicked)
        SELECT sequence_id, step_id, (enrollment_id % 4)::smallint, count(*), count(*) FILTER (WHERE state = 'here'),
               count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'done'),
               count(*) FILTER (WHERE state = 'skipped'), count(*) FILTER (WHERE replied),
               count(*) FILTER (WHERE state = 'stopped'), count(*) FILTER (WHERE state = 'failed'),
               count(*) FILTER (WHERE opened), count(*) FILTER (WHERE clicked)
          FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (sequence_id, step_id, shard) DO UPDATE
           SET entered = figure.entered + EXCLUDED.entered, here = figure.here + EXCLUDED.here,
               sent = figure.sent + EXCLUDED.sent, done = figure.done + EXCLUDED.done,
               skipped = figure.skipped + EXCLUDED.skipped, replied = figure.replied + EXCLUDED.replied,
               stopped = figure.stopped + EXCLUDED.stopped, failed = figure.failed + EXCLUDED.failed,
               opened = figure.opened + EXCLUDED.opened, clicked = figure.clicked + EXCLUDED.clicked;
    ELSE
        INSERT INTO sequences_figure AS figure (sequence_id, step_id, shard, entered, here, done, replied, stopped,
            sent, skipped, failed)
        SELECT sequence_id, NULL, (id % 4)::smallint, count(*), count(*) FILTER (WHERE state IN ('active', 'paused')),
               count(*) FILTER (WHERE state = 'finished'), count(*) FILTER (WHERE stop_reason = 'replied'),
               count(*) FILTER (WHERE state = 'stopped'), 0, 0, 0
          FROM new_rows GROUP BY 1, 3 ORDER BY 1, 3
        ON CONFLICT (sequence_id, step_id, shard) DO UPDATE
           SET entered = figure.entered + EXCLUDED.entered, here = figure.here + EXCLUDED.here,
               done = figure.done + EXCLUDED.done, replied = figure.replied + EXCLUDED.replied,
               stopped = figure.stopped + EXCLUDED.stopped;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER sequences_count_visit AFTER DELETE ON sequences_visit
    FOR EACH ROW EXECUTE FUNCTION sequences_count_visit();
CREATE OR REPLACE TRIGGER sequences_count_new AFTER INSERT ON sequences_visit
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sequences_count_new();
CREATE OR REPLACE TRIGGER sequences_count_enrollment AFTER DELETE ON sequences_enrollment
    FOR EACH ROW EXECUTE FUNCTION sequences_count_enrollment();
CREATE OR REPLACE TRIGGER sequences_count_new AFTER INSERT ON sequences_enrollment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sequences_count_new();
