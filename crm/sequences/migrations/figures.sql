-- Figures of sequences and their steps: every change of an enrollment or a visit adds what it wrote and takes away what
-- it overwrote. A row a shard, by the enrollment's number, so that runs that go on at once seldom wait for one another.

CREATE OR REPLACE FUNCTION sequences_add_figure(
    a_sequence bigint, a_step bigint, number bigint, sign integer, a_state text, has_replied boolean
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sequences_figure AS figure
           (sequence_id, step_id, shard, entered, here, sent, done, skipped, replied, stopped, failed)
    VALUES (a_sequence, a_step, (number % 4)::smallint, sign,
            CASE WHEN a_state IN ('here', 'active', 'paused') THEN sign ELSE 0 END,
            CASE WHEN a_state = 'sent' THEN sign ELSE 0 END,
            CASE WHEN a_state IN ('done', 'finished') THEN sign ELSE 0 END,
            CASE WHEN a_state = 'skipped' THEN sign ELSE 0 END,
            CASE WHEN has_replied THEN sign ELSE 0 END,
            CASE WHEN a_state = 'stopped' THEN sign ELSE 0 END,
            CASE WHEN a_state = 'failed' THEN sign ELSE 0 END)
    ON CONFLICT (sequence_id, step_id, shard) DO UPDATE
       SET entered = figure.entered + EXCLUDED.entered, here = figure.here + EXCLUDED.here,
           sent = figure.sent + EXCLUDED.sent, done = figure.done + EXCLUDED.done,
           skipped = figure.skipped + EXCLUDED.skipped, replied = figure.replied + EXCLUDED.replied,
           stopped = figure.stopped + EXCLUDED.stopped, failed = figure.failed + EXCLUDED.failed;
END $$;

CREATE OR REPLACE FUNCTION sequences_count_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM sequences_figure WHERE step_id IS NOT NULL;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM sequences_add_figure(OLD.sequence_id, OLD.step_id, OLD.enrollment_id, -1, OLD.state, OLD.replied);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM sequences_add_figure(NEW.sequence_id, NEW.step_id, NEW.enrollment_id, 1, NEW.state, NEW.replied);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER sequences_count_visit AFTER INSERT OR DELETE ON sequences_visit
    FOR EACH ROW EXECUTE FUNCTION sequences_count_visit();
CREATE OR REPLACE TRIGGER sequences_recount_visit AFTER UPDATE OF state, replied ON sequences_visit
    FOR EACH ROW WHEN ((OLD.state, OLD.replied) IS DISTINCT FROM (NEW.state, NEW.replied))
    EXECUTE FUNCTION sequences_count_visit();
CREATE OR REPLACE TRIGGER sequences_uncount_visits AFTER TRUNCATE ON sequences_visit
    FOR EACH STATEMENT EXECUTE FUNCTION sequences_count_visit();

CREATE OR REPLACE FUNCTION sequences_count_enrollment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM sequences_figure WHERE step_id IS NULL;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM sequences_add_figure(OLD.sequence_id, NULL, OLD.id, -1, OLD.state, OLD.stop_reason = 'replied');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM sequences_add_figure(NEW.sequence_id, NULL, NEW.id, 1, NEW.state, NEW.stop_reason = 'replied');
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER sequences_count_enrollment AFTER INSERT OR DELETE ON sequences_enrollment
    FOR EACH ROW EXECUTE FUNCTION sequences_count_enrollment();
CREATE OR REPLACE TRIGGER sequences_recount_enrollment AFTER UPDATE OF state, stop_reason ON sequences_enrollment
    FOR EACH ROW WHEN ((OLD.state, OLD.stop_reason) IS DISTINCT FROM (NEW.state, NEW.stop_reason))
    EXECUTE FUNCTION sequences_count_enrollment();
CREATE OR REPLACE TRIGGER sequences_uncount_enrollments AFTER TRUNCATE ON sequences_enrollment
    FOR EACH STATEMENT EXECUTE FUNCTION sequences_count_enrollment();
