-- Keys anew of what has an apostrophe beside letters with accents, or one that is not the plain one.
CREATE TEMP TABLE search_apostrophes ON COMMIT DROP AS SELECT * FROM (
SELECT 1 AS kind, id, owner_id, team_id, full_name AS name FROM contacts_contact WHERE archived_at IS NULL
UNION ALL SELECT 2, id, owner_id, team_id, name FROM companies_company WHERE archived_at IS NULL
UNION ALL SELECT 3, id, owner_id, team_id, title FROM deals_deal WHERE archived_at IS NULL
UNION ALL SELECT 4, id, owner_id, team_id, title FROM tasks_task WHERE archived_at IS NULL
) AS named WHERE octet_length(name) <> char_length(name) AND name ~ '[''`’‘ʼ´]';
DELETE FROM search_key USING search_apostrophes AS named
 WHERE search_key.object_id = named.id AND search_key.source / 10 = named.kind;
INSERT INTO search_key (source, object_id, owner_id, team_id, key)
SELECT left(entry, 2)::smallint, every.id, every.owner_id, every.team_id, substr(entry, 3) FROM (
    SELECT named.id, named.owner_id, named.team_id, CASE named.kind
        WHEN 1 THEN search_contact_keys(contact.full_name, contact.email, coalesce(nullif(contact.phone_e164, ''), contact.phone))
                    || search_other_keys(contact.id)
        WHEN 2 THEN search_company_keys(company.name, company.domain, company.phone)
        ELSE search_labelled(named.kind || '0', search_rotations(search_fold(named.name))) END AS keys
      FROM search_apostrophes AS named
      LEFT JOIN contacts_contact AS contact ON named.kind = 1 AND contact.id = named.id
      LEFT JOIN companies_company AS company ON named.kind = 2 AND company.id = named.id
) AS every, unnest(every.keys) AS entry WHERE char_length(entry) > 2 ON CONFLICT DO NOTHING;
DROP TABLE search_apostrophes;
