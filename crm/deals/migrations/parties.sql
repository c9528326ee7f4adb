-- The first contact of a deal has a row among its contacts, marked as the primary one; a former one stays, unmarked.
CREATE OR REPLACE FUNCTION deals_point_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE deals_dealcontact SET is_primary = false
         WHERE deal_id = NEW.id AND is_primary AND contact_id IS DISTINCT FROM NEW.contact_id;
    END IF;
    IF NEW.contact_id IS NOT NULL THEN
        INSERT INTO deals_dealcontact AS part (deal_id, contact_id, is_primary) VALUES (NEW.id, NEW.contact_id, true)
        ON CONFLICT (deal_id, contact_id) DO UPDATE SET is_primary = true WHERE NOT part.is_primary;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER deals_point_contact_insert AFTER INSERT ON deals_deal
    FOR EACH ROW WHEN (NEW.contact_id IS NOT NULL) EXECUTE FUNCTION deals_point_contact();
CREATE OR REPLACE TRIGGER deals_point_contact_update AFTER UPDATE OF contact_id ON deals_deal
    FOR EACH ROW WHEN (NEW.contact_id IS DISTINCT FROM OLD.contact_id) EXECUTE FUNCTION deals_point_contact();

-- After a statement on deals: how many open ones each contact that it touched has, and what they are worth together
-- if they are in one currency. Contacts are locked first, in one order, and only then are their deals read.
CREATE OR REPLACE FUNCTION deals_count_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT contact_id FROM new_deals
                          WHERE contact_id IS NOT NULL AND status = 'open' AND archived_at IS NULL);
    ELSIF TG_OP = 'UPDATE' THEN
        touched := ARRAY(
            SELECT contact_id FROM (
                SELECT id, contact_id, amount, currency FROM old_deals WHERE status = 'open' AND archived_at IS NULL
                EXCEPT
                SELECT id, contact_id, amount, currency FROM new_deals WHERE status = 'open' AND archived_at IS NULL
            ) before WHERE contact_id IS NOT NULL
            UNION SELECT contact_id FROM (
                SELECT id, contact_id, amount, currency FROM new_deals WHERE status = 'open' AND archived_at IS NULL
                EXCEPT
                SELECT id, contact_id, amount, currency FROM old_deals WHERE status = 'open' AND archived_at IS NULL
            ) after WHERE contact_id IS NOT NULL);
    ELSE
        touched := ARRAY(SELECT DISTINCT contact_id FROM old_deals
                          WHERE contact_id IS NOT NULL AND status = 'open' AND archived_at IS NULL);
    END IF;
    IF touched = '{}' THEN
        RETURN NULL;
    END IF;
    PERFORM FROM contacts_contact WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE contacts_contact contact
       SET open_deal_count = found.deals, open_deal_value = found.worth, open_deal_currency = found.currency
      FROM (SELECT wanted.id, count(deal.id) AS deals,
                   CASE WHEN count(DISTINCT deal.currency) = 1 THEN sum(deal.amount) END AS worth,
                   CASE WHEN count(DISTINCT deal.currency) = 1 THEN min(deal.currency) ELSE '' END AS currency
              FROM unnest(touched) AS wanted (id)
              LEFT JOIN deals_deal deal
                ON deal.contact_id = wanted.id AND deal.status = 'open' AND deal.archived_at IS NULL
             GROUP BY wanted.id) found
     WHERE contact.id = found.id
       AND (contact.open_deal_count, contact.open_deal_value, contact.open_deal_currency)
           IS DISTINCT FROM (found.deals, found.worth, found.currency);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER deals_count_open_insert AFTER INSERT ON deals_deal
    REFERENCING NEW TABLE AS new_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_count_open();
CREATE OR REPLACE TRIGGER deals_count_open_update AFTER UPDATE ON deals_deal
    REFERENCING OLD TABLE AS old_deals NEW TABLE AS new_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_count_open();
CREATE OR REPLACE TRIGGER deals_count_open_delete AFTER DELETE ON deals_deal
    REFERENCING OLD TABLE AS old_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_count_open();

-- The deals that were there before.
INSERT INTO deals_dealcontact (deal_id, contact_id, is_primary)
SELECT id, contact_id, true FROM deals_deal WHERE contact_id IS NOT NULL;
UPDATE contacts_contact contact
   SET open_deal_count = found.deals, open_deal_value = found.worth, open_deal_currency = found.currency
  FROM (SELECT contact_id, count(*) AS deals,
               CASE WHEN count(DISTINCT currency) = 1 THEN sum(amount) END AS worth,
               CASE WHEN count(DISTINCT currency) = 1 THEN min(currency) ELSE '' END AS currency
          FROM deals_deal WHERE status = 'open' AND archived_at IS NULL AND contact_id IS NOT NULL
         GROUP BY contact_id) found
 WHERE contact.id = found.contact_id;
