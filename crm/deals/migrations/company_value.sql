-- How many open deals a company has and what they are worth by currency; the bin is left out. After a statement, one
-- UPDATE a company and currency that it touched, in one order, so that statements do not wait for each other in a
-- circle.
CREATE FUNCTION deals_of_companies() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    change record;
BEGIN
    FOR change IN EXECUTE
        'SELECT company_id, currency, sum(sign) AS deals, sum(sign * amount) AS worth FROM ('
        || CASE WHEN TG_OP <> 'DELETE' THEN 'SELECT *, 1 AS sign FROM new_deals' ELSE '' END
        || CASE WHEN TG_OP = 'UPDATE' THEN ' UNION ALL ' ELSE '' END
        || CASE WHEN TG_OP <> 'INSERT' THEN 'SELECT *, -1 AS sign FROM old_deals' ELSE '' END
        || ') changed WHERE company_id IS NOT NULL AND status = ''open'' AND archived_at IS NULL'
        || ' GROUP BY 1, 2 HAVING sum(sign) <> 0 OR sum(sign * amount) <> 0 ORDER BY 1, 2'
    LOOP
        UPDATE companies_company
           SET open_deal_count = open_deal_count + change.deals,
               open_deal_value = jsonb_strip_nulls(open_deal_value || jsonb_build_object(change.currency,
                   nullif(coalesce((open_deal_value ->> change.currency)::numeric, 0) + change.worth, 0)::text))
         WHERE id = change.company_id;
    END LOOP;
    RETURN NULL;
END $body$;

CREATE TRIGGER deals_of_companies_insert AFTER INSERT ON deals_deal
    REFERENCING NEW TABLE AS new_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_of_companies();
CREATE TRIGGER deals_of_companies_update AFTER UPDATE ON deals_deal
    REFERENCING OLD TABLE AS old_deals NEW TABLE AS new_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_of_companies();
CREATE TRIGGER deals_of_companies_delete AFTER DELETE ON deals_deal
    REFERENCING OLD TABLE AS old_deals FOR EACH STATEMENT EXECUTE FUNCTION deals_of_companies();

-- The deals that were there before.
UPDATE companies_company company
   SET open_deal_count = found.deals, open_deal_value = found.worth
  FROM (SELECT company_id, sum(deals) AS deals,
               jsonb_object_agg(currency, worth::text) FILTER (WHERE worth <> 0) AS worth
          FROM (SELECT company_id, currency, count(*) AS deals, sum(amount) AS worth FROM deals_deal
                 WHERE company_id IS NOT NULL AND status = 'open' AND archived_at IS NULL GROUP BY 1, 2) by_currency
         GROUP BY company_id) found
 WHERE company.id = found.company_id AND found.worth IS NOT NULL;
