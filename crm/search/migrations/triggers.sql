CREATE OR REPLACE TRIGGER search_follow AFTER INSERT OR DELETE
    OR UPDATE OF full_name, email, phone, phone_e164, owner_id, team_id, archived_at
    ON contacts_contact FOR EACH ROW EXECUTE FUNCTION search_follow_contact();
CREATE OR REPLACE TRIGGER search_follow_truncate AFTER TRUNCATE ON contacts_contact
    FOR EACH STATEMENT EXECUTE FUNCTION search_follow_truncate('{10,11,12,13,15,16,17,18}');

CREATE OR REPLACE TRIGGER search_follow_insert AFTER INSERT ON contacts_emailaddress
    FOR EACH ROW WHEN (NOT NEW.is_primary) EXECUTE FUNCTION search_follow_part();
CREATE OR REPLACE TRIGGER search_follow_update AFTER UPDATE OF address, is_primary ON contacts_emailaddress
    FOR EACH ROW WHEN (NOT (OLD.is_primary AND NEW.is_primary)) EXECUTE FUNCTION search_follow_part();
CREATE OR REPLACE TRIGGER search_follow_delete AFTER DELETE ON contacts_emailaddress
    FOR EACH ROW WHEN (NOT OLD.is_primary) EXECUTE FUNCTION search_follow_part();
CREATE OR REPLACE TRIGGER search_follow_truncate AFTER TRUNCATE ON contacts_emailaddress
    FOR EACH STATEMENT EXECUTE FUNCTION search_follow_truncate('{16,17}');

CREATE OR REPLACE TRIGGER search_follow_insert AFTER INSERT ON contacts_phonenumber
    FOR EACH ROW WHEN (NOT NEW.is_primary) EXECUTE FUNCTION search_follow_part();
CREATE OR REPLACE TRIGGER search_follow_update AFTER UPDATE OF raw, e164, is_primary ON contacts_phonenumber
    FOR EACH ROW WHEN (NOT (OLD.is_primary AND NEW.is_primary)) EXECUTE FUNCTION search_follow_part();
CREATE OR REPLACE TRIGGER search_follow_delete AFTER DELETE ON contacts_phonenumber
    FOR EACH ROW WHEN (NOT OLD.is_primary) EXECUTE FUNCTION search_follow_part();
CREATE OR REPLACE TRIGGER search_follow_truncate AFTER TRUNCATE ON contacts_phonenumber
    FOR EACH STATEMENT EXECUTE FUNCTION search_follow_truncate('{18}');

CREATE OR REPLACE TRIGGER search_follow AFTER INSERT OR DELETE
    OR UPDATE OF name, domain, phone, owner_id, team_id, archived_at
    ON companies_company FOR EACH ROW EXECUTE FUNCTION search_follow_record('company');
CREATE OR REPLACE TRIGGER search_follow_truncate AFTER TRUNCATE ON companies_company
    FOR EACH STATEMENT EXECUTE FUNCTION search_follow_truncate('{20,21,22,25}');

CREATE OR REPLACE TRIGGER search_follow AFTER INSERT OR DELETE OR UPDATE OF title, owner_id, team_id, archived_at
    ON deals_deal FOR EACH ROW EXECUTE FUNCTION search_follow_record('deal');
CREATE OR REPLACE TRIGGER search_follow_truncate AFTER TRUNCATE ON deals_deal
    FOR EACH STATEMENT EXECUTE FUNCTION search_follow_truncate('{30}');

CREATE OR REPLACE TRIGGER search_follow AFTER INSERT OR DELETE OR UPDATE OF title, owner_id, team_id, archived_at
    ON tasks_task FOR EACH ROW EXECUTE FUNCTION search_follow_record('task');
CREATE OR REPLACE TRIGGER search_follow_truncate AFTER TRUNCATE ON tasks_task
    FOR EACH STATEMENT EXECUTE FUNCTION search_follow_truncate('{40}');

CREATE OR REPLACE TRIGGER search_follow_insert AFTER INSERT ON activities_activity
    FOR EACH ROW WHEN (NEW.body <> '' AND NEW.archived_at IS NULL) EXECUTE FUNCTION search_follow_activity();
CREATE OR REPLACE TRIGGER search_follow AFTER DELETE
    OR UPDATE OF subject, body, owner_id, team_id, occurred_at, archived_at
    ON activities_activity FOR EACH ROW EXECUTE FUNCTION search_follow_activity();
CREATE OR REPLACE TRIGGER search_follow_truncate AFTER TRUNCATE ON activities_activity
    FOR EACH STATEMENT EXECUTE FUNCTION search_follow_truncate('activity');
