-- After a statement on tasks: the next open task of each contact that it touched. The contacts are locked first, in
-- one order, and only then are their tasks read: of two writers the second one sees what the first has written.
CREATE OR REPLACE FUNCTION tasks_note_next() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT contact_id FROM new_tasks
                          WHERE contact_id IS NOT NULL AND done_at IS NULL AND archived_at IS NULL);
    ELSIF TG_OP = 'UPDATE' THEN
        touched := ARRAY(
            SELECT contact_id FROM (
                SELECT id, contact_id, due_at, title, owner_id, team_id, done_at, archived_at FROM old_tasks
                EXCEPT SELECT id, contact_id, due_at, title, owner_id, team_id, done_at, archived_at FROM new_tasks
            ) before WHERE contact_id IS NOT NULL
            UNION SELECT contact_id FROM (
                SELECT id, contact_id, due_at, title, owner_id, team_id, done_at, archived_at FROM new_tasks
                EXCEPT SELECT id, contact_id, due_at, title, owner_id, team_id, done_at, archived_at FROM old_tasks
            ) after WHERE contact_id IS NOT NULL);
    ELSE
        touched := ARRAY(SELECT DISTINCT contact_id FROM old_tasks WHERE contact_id IS NOT NULL);
    END IF;
    IF touched = '{}' THEN
        RETURN NULL;
    END IF;
    PERFORM FROM contacts_contact WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE contacts_contact contact
       SET next_task = found.title, next_task_due_at = found.due_at,
           next_task_owner_id = found.owner_id, next_task_team_id = found.team_id
      FROM (SELECT wanted.id, COALESCE(task.title, '') AS title, task.due_at, task.owner_id, task.team_id
              FROM unnest(touched) AS wanted (id)
              LEFT JOIN LATERAL (
                   SELECT * FROM tasks_task
                    WHERE contact_id = wanted.id AND done_at IS NULL AND archived_at IS NULL
                    ORDER BY due_at, id LIMIT 1) task ON true) found
     WHERE contact.id = found.id
       AND (contact.next_task, contact.next_task_due_at, contact.next_task_owner_id, contact.next_task_team_id)
           IS DISTINCT FROM (found.title, found.due_at, found.owner_id, found.team_id);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tasks_note_next_insert AFTER INSERT ON tasks_task
    REFERENCING NEW TABLE AS new_tasks FOR EACH STATEMENT EXECUTE FUNCTION tasks_note_next();
CREATE OR REPLACE TRIGGER tasks_note_next_update AFTER UPDATE ON tasks_task
    REFERENCING OLD TABLE AS old_tasks NEW TABLE AS new_tasks FOR EACH STATEMENT EXECUTE FUNCTION tasks_note_next();
CREATE OR REPLACE TRIGGER tasks_note_next_delete AFTER DELETE ON tasks_task
    REFERENCING OLD TABLE AS old_tasks FOR EACH STATEMENT EXECUTE FUNCTION tasks_note_next();

-- The tasks that were there before.
UPDATE contacts_contact contact
   SET next_task = task.title, next_task_due_at = task.due_at,
       next_task_owner_id = task.owner_id, next_task_team_id = task.team_id
  FROM (SELECT DISTINCT ON (contact_id) contact_id, title, due_at, owner_id, team_id FROM tasks_task
         WHERE contact_id IS NOT NULL AND done_at IS NULL AND archived_at IS NULL
         ORDER BY contact_id, due_at, id) task
 WHERE contact.id = task.contact_id;
