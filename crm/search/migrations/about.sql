-- What is known about a contact beside names, addresses and numbers: background, tags and texts of custom fields. Their
-- words are looked for after everything else, and only if that found few. Most contacts have none and cost nothing.
CREATE TABLE IF NOT EXISTS search_about (
    source smallint NOT NULL,
    object_id bigint NOT NULL,
    owner_id bigint,
    team_id bigint,
    vector tsvector NOT NULL,
    PRIMARY KEY (object_id, source)
);
CREATE INDEX IF NOT EXISTS search_about_words ON search_about USING gin (owner_id, team_id, vector)
    WITH (fastupdate = off);

-- The texts by source: 60 background, 61 tags, 62 custom fields.
CREATE OR REPLACE FUNCTION search_about_texts(background text, tags text[], custom_texts jsonb)
RETURNS TABLE (source smallint, words text) LANGUAGE sql IMMUTABLE AS $$
    SELECT 60::smallint, background WHERE background <> ''
    UNION ALL SELECT 61::smallint, array_to_string(tags, ' ') WHERE tags <> '{}'
    UNION ALL SELECT 62::smallint, texts.words FROM (
        SELECT string_agg(value #>> '{}', ' ') AS words FROM jsonb_path_query(custom_texts, 'strict $.*') AS value
         WHERE jsonb_typeof(value) = 'string') AS texts WHERE texts.words <> ''
$$;

CREATE OR REPLACE FUNCTION search_follow_about() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM search_about WHERE object_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.archived_at IS NULL THEN
        INSERT INTO search_about (source, object_id, owner_id, team_id, vector)
        SELECT source, NEW.id, NEW.owner_id, NEW.team_id, to_tsvector('simple', search_fold(words))
          FROM search_about_texts(NEW.background, NEW.tags::text[], NEW.custom);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER search_about_insert AFTER INSERT ON contacts_contact FOR EACH ROW
    WHEN (NEW.background <> '' OR NEW.tags <> '{}' OR NEW.custom <> '{}') EXECUTE FUNCTION search_follow_about();
CREATE OR REPLACE TRIGGER search_about_update
    AFTER UPDATE OF background, tags, custom, owner_id, team_id, archived_at ON contacts_contact FOR EACH ROW
    WHEN (OLD.background <> '' OR OLD.tags <> '{}' OR OLD.custom <> '{}'
          OR NEW.background <> '' OR NEW.tags <> '{}' OR NEW.custom <> '{}')
    EXECUTE FUNCTION search_follow_about();
CREATE OR REPLACE TRIGGER search_about_delete AFTER DELETE ON contacts_contact FOR EACH ROW
    WHEN (OLD.background <> '' OR OLD.tags <> '{}' OR OLD.custom <> '{}') EXECUTE FUNCTION search_follow_about();

CREATE OR REPLACE FUNCTION search_about_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_about;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER search_about_truncate AFTER TRUNCATE ON contacts_contact
    FOR EACH STATEMENT EXECUTE FUNCTION search_about_truncate();

-- The contacts of which something has all the words, the last one as far as it is typed.
CREATE OR REPLACE FUNCTION search_known(
    asked text, sources smallint[], reach text, me bigint, my_teams bigint[], most integer
) RETURNS TABLE (object_id bigint, score integer) LANGUAGE plpgsql STABLE ROWS 10
SET gin_fuzzy_search_limit = 5000 SET enable_seqscan = off AS $$
DECLARE
    words text[] := (string_to_array(search_fold(left(asked, 200)), ' '))[:8];
    wanted tsquery;
BEGIN
    IF octet_length(array_to_string(words, '')) < 3 THEN
        RETURN;
    END IF;
    SELECT string_agg(quote_literal(word) || CASE WHEN char_length(word) > 2 THEN ':*' ELSE '' END, ' & ')::tsquery
      INTO wanted FROM unnest(words) AS word;
    IF reach = 'own' THEN
        RETURN QUERY SELECT DISTINCT entry.object_id, 900 FROM (SELECT about.object_id, about.source
              FROM search_about AS about WHERE about.owner_id = me AND about.vector @@ wanted LIMIT 200) AS entry
            WHERE entry.source = ANY (sources) ORDER BY 1 DESC LIMIT most;
    ELSIF reach = 'team' THEN
        RETURN QUERY SELECT DISTINCT entry.object_id, 900 FROM (SELECT about.object_id, about.source
              FROM search_about AS about WHERE about.team_id = ANY (my_teams) AND about.vector @@ wanted LIMIT 200) AS entry
            WHERE entry.source = ANY (sources) ORDER BY 1 DESC LIMIT most;
    ELSE
        RETURN QUERY SELECT DISTINCT entry.object_id, 900 FROM (SELECT about.object_id, about.source
              FROM search_about AS about WHERE about.vector @@ wanted LIMIT 200) AS entry
            WHERE entry.source = ANY (sources) ORDER BY 1 DESC LIMIT most;
    END IF;
END $$;

-- Notes of a record that is put into the bin are found no more, until it is taken out.
CREATE OR REPLACE FUNCTION search_follow_bin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.archived_at IS NOT NULL THEN
        EXECUTE format('DELETE FROM search_text USING activities_activity AS activity
            WHERE search_text.object_id = activity.id AND activity.subject = %L AND activity.%I = $1',
            TG_ARGV[0], TG_ARGV[0] || '_id') USING NEW.id;
    ELSE
        EXECUTE format('INSERT INTO search_text (source, object_id, owner_id, team_id, at, vector)
            SELECT search_subject_source(subject), id, owner_id, team_id, occurred_at,
                   to_tsvector(''simple'', search_fold(body)) FROM activities_activity
             WHERE subject = %L AND %I = $1 AND archived_at IS NULL AND body <> '''' ON CONFLICT DO NOTHING',
            TG_ARGV[0], TG_ARGV[0] || '_id') USING NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER search_follow_bin AFTER UPDATE OF archived_at ON contacts_contact FOR EACH ROW
    WHEN ((OLD.archived_at IS NULL) <> (NEW.archived_at IS NULL)) EXECUTE FUNCTION search_follow_bin('contact');
CREATE OR REPLACE TRIGGER search_follow_bin AFTER UPDATE OF archived_at ON deals_deal FOR EACH ROW
    WHEN ((OLD.archived_at IS NULL) <> (NEW.archived_at IS NULL)) EXECUTE FUNCTION search_follow_bin('deal');
CREATE OR REPLACE TRIGGER search_follow_bin AFTER UPDATE OF archived_at ON companies_company FOR EACH ROW
    WHEN ((OLD.archived_at IS NULL) <> (NEW.archived_at IS NULL)) EXECUTE FUNCTION search_follow_bin('company');

-- All of it anew, after what was written past the triggers; search_rebuild() makes the keys.
CREATE OR REPLACE FUNCTION search_rebuild_about() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE search_about;
    INSERT INTO search_about (source, object_id, owner_id, team_id, vector)
    SELECT texts.source, contact.id, contact.owner_id, contact.team_id, to_tsvector('simple', search_fold(texts.words))
      FROM contacts_contact AS contact, search_about_texts(contact.background, contact.tags::text[], contact.custom) AS texts
     WHERE contact.archived_at IS NULL;
    DELETE FROM search_text USING activities_activity AS activity
      LEFT JOIN contacts_contact AS contact ON activity.subject = 'contact' AND contact.id = activity.contact_id
      LEFT JOIN deals_deal AS deal ON activity.subject = 'deal' AND deal.id = activity.deal_id
      LEFT JOIN companies_company AS company ON activity.subject = 'company' AND company.id = activity.company_id
     WHERE search_text.object_id = activity.id
       AND coalesce(contact.archived_at, deal.archived_at, company.archived_at) IS NOT NULL;
END $$;
