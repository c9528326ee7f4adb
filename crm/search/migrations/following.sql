-- Triggers that keep the keys in step with the records, whatever writes them, in the writer's transaction. A record
-- in the bin has no keys. Keys are written here as '10john smith': the source's two digits, then the key.

CREATE OR REPLACE FUNCTION search_contact_keys(full_name text, email text, phone text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    name text := search_fold(full_name);
    tails text[];
    found text[];
BEGIN
    found := search_labelled('10', search_rotations(name)) || ('11' || search_initials(name, 2));
    IF email <> '' THEN
        tails := search_tails(search_fold(email));
        found := found || ('13' || tails[1]) || search_labelled('12', tails[2:]);
    END IF;
    RETURN found || search_number_key('15', phone);
END $$;

CREATE OR REPLACE FUNCTION search_company_keys(name text, domain text, phone text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    folded text := search_fold(name);
BEGIN
    RETURN search_labelled('20', search_rotations(folded)) || ('21' || search_initials(folded, 3))
        || search_labelled('22', search_tails(search_fold(domain))) || search_number_key('25', phone);
END $$;

CREATE OR REPLACE FUNCTION search_labelled(source text, keys text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    found text[] := '{}';
    each_key text;
BEGIN
    FOREACH each_key IN ARRAY coalesce(keys, '{}') LOOP
        found := found || (source || each_key);
    END LOOP;
    RETURN found;
END $$;

-- The digits of a number that has at least three.
CREATE OR REPLACE FUNCTION search_number_key(source text, number text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    digits text;
BEGIN
    IF number = '' THEN
        RETURN '{}';
    END IF;
    digits := regexp_replace(number, '[^0-9]+', '', 'g');
    RETURN CASE WHEN char_length(digits) >= 3 THEN ARRAY[source || left(digits, 40)] ELSE '{}' END;
END $$;

CREATE OR REPLACE FUNCTION search_add(object bigint, owner bigint, team bigint, keys text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_key (source, object_id, owner_id, team_id, key)
    SELECT left(entry, 2)::smallint, object, owner, team, substr(entry, 3) FROM unnest(keys) AS entry
     WHERE char_length(entry) > 2 ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION search_remove(object bigint, keys text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_key USING unnest(keys) AS entry
     WHERE source = left(entry, 2)::smallint AND key = substr(entry, 3) AND object_id = object;
END $$;

CREATE OR REPLACE FUNCTION search_give(object bigint, owner bigint, team bigint, keys text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_key SET owner_id = owner, team_id = team FROM unnest(keys) AS entry
     WHERE source = left(entry, 2)::smallint AND key = substr(entry, 3) AND object_id = object;
END $$;

-- From the keys of the old row to those of the new one; NULL stands for a row that is not there or in the bin.
CREATE OR REPLACE FUNCTION search_turn(object bigint, was text[], now text[], moves boolean, owner bigint, team bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF was IS NULL THEN
        PERFORM search_add(object, owner, team, now);
    ELSIF now IS NULL THEN
        PERFORM search_remove(object, was);
    ELSE
        IF was <> now THEN
            PERFORM search_remove(object, ARRAY(SELECT unnest(was) EXCEPT SELECT unnest(now)));
            PERFORM search_add(object, owner, team, ARRAY(SELECT unnest(now) EXCEPT SELECT unnest(was)));
        END IF;
        IF moves THEN
            PERFORM search_give(object, owner, team, now);
        END IF;
    END IF;
END $$;

-- The addresses and numbers of a contact beside its primary ones, which stand on the contact.
CREATE OR REPLACE FUNCTION search_other_keys(contact bigint) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT unnest(search_email_keys(address)) FROM contacts_emailaddress
                  WHERE contact_id = contact AND NOT is_primary)
        || ARRAY(SELECT unnest(search_number_key('18', coalesce(nullif(e164, ''), raw))) FROM contacts_phonenumber
                  WHERE contact_id = contact AND NOT is_primary);
END $$;

CREATE OR REPLACE FUNCTION search_email_keys(address text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    tails text[] := search_tails(search_fold(address));
BEGIN
    RETURN ('17' || tails[1]) || search_labelled('16', tails[2:]);
END $$;

CREATE OR REPLACE FUNCTION search_follow_contact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text[];
    now text[];
    moves boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.archived_at IS NULL THEN
            PERFORM search_add(NEW.id, NEW.owner_id, NEW.team_id,
                search_contact_keys(NEW.full_name, NEW.email, coalesce(nullif(NEW.phone_e164, ''), NEW.phone)));
        END IF;
        RETURN NULL;
    END IF;
    IF OLD.archived_at IS NULL THEN
        was := search_contact_keys(OLD.full_name, OLD.email, coalesce(nullif(OLD.phone_e164, ''), OLD.phone));
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM search_remove(OLD.id, was);
        RETURN NULL;
    END IF;
    IF NEW.archived_at IS NULL THEN
        now := search_contact_keys(NEW.full_name, NEW.email, coalesce(nullif(NEW.phone_e164, ''), NEW.phone));
    END IF;
    moves := (OLD.owner_id, OLD.team_id) IS DISTINCT FROM (NEW.owner_id, NEW.team_id);
    PERFORM search_turn(NEW.id, was, now, moves, NEW.owner_id, NEW.team_id);
    IF moves OR (was IS NULL) <> (now IS NULL) THEN
        PERFORM search_turn(NEW.id, CASE WHEN was IS NOT NULL THEN search_other_keys(NEW.id) END,
                            CASE WHEN now IS NOT NULL THEN search_other_keys(NEW.id) END,
                            moves, NEW.owner_id, NEW.team_id);
    END IF;
    RETURN NULL;
END $$;

-- A further address or number of a contact. Two may share a key, which goes with the last of them.
CREATE OR REPLACE FUNCTION search_follow_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    home record;
    before text[] := '{}';
    after text[];
BEGIN
    SELECT * INTO home FROM contacts_contact WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.contact_id ELSE NEW.contact_id END;
    IF home.id IS NULL OR home.archived_at IS NOT NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' AND TG_TABLE_NAME = 'contacts_emailaddress' THEN
        before := search_email_keys(OLD.address);
    ELSIF TG_OP <> 'INSERT' THEN
        before := search_number_key('18', coalesce(nullif(OLD.e164, ''), OLD.raw));
    END IF;
    after := search_other_keys(home.id);
    PERFORM search_remove(home.id, ARRAY(SELECT unnest(before) EXCEPT SELECT unnest(after)));
    PERFORM search_add(home.id, home.owner_id, home.team_id, after);
    RETURN NULL;
END $$;

-- Companies, deals and tasks: the argument says which.
CREATE OR REPLACE FUNCTION search_record_keys(kind text, record jsonb) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE
        WHEN record ->> 'archived_at' IS NOT NULL THEN NULL
        WHEN kind = 'company' THEN search_company_keys(record ->> 'name', record ->> 'domain', record ->> 'phone')
        WHEN kind = 'deal' THEN search_labelled('30', search_rotations(search_fold(record ->> 'title')))
        ELSE search_labelled('40', search_rotations(search_fold(record ->> 'title'))) END;
END $$;

CREATE OR REPLACE FUNCTION search_follow_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text[];
    now text[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        was := search_record_keys(TG_ARGV[0], to_jsonb(OLD));
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM search_remove(OLD.id, was);
        RETURN NULL;
    END IF;
    now := search_record_keys(TG_ARGV[0], to_jsonb(NEW));
    PERFORM search_turn(NEW.id, was, now, TG_OP = 'UPDATE'
        AND (OLD.owner_id, OLD.team_id) IS DISTINCT FROM (NEW.owner_id, NEW.team_id), NEW.owner_id, NEW.team_id);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION search_subject_source(subject text) RETURNS smallint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE subject WHEN 'contact' THEN 51 WHEN 'deal' THEN 52 ELSE 53 END;
END $$;

CREATE OR REPLACE FUNCTION search_follow_activity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.archived_at IS NOT NULL OR NEW.body = '' THEN
        DELETE FROM search_text WHERE object_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO search_text (source, object_id, owner_id, team_id, at, vector)
    VALUES (search_subject_source(NEW.subject), NEW.id, NEW.owner_id, NEW.team_id, NEW.occurred_at,
            to_tsvector('simple', search_fold(NEW.body)))
    ON CONFLICT (object_id) DO UPDATE SET source = EXCLUDED.source, owner_id = EXCLUDED.owner_id,
        team_id = EXCLUDED.team_id, at = EXCLUDED.at, vector = EXCLUDED.vector;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION search_follow_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'activity' THEN
        DELETE FROM search_text;
    ELSE
        DELETE FROM search_key WHERE source = ANY (TG_ARGV[0]::smallint[]);
    END IF;
    RETURN NULL;
END $$;

-- All keys anew: for tables that were there before, or were filled past their triggers.
CREATE OR REPLACE FUNCTION search_rebuild() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE search_key, search_text;
    INSERT INTO search_key (source, object_id, owner_id, team_id, key)
    SELECT left(entry, 2)::smallint, every.id, every.owner_id, every.team_id, substr(entry, 3) FROM (
        SELECT id, owner_id, team_id,
               search_contact_keys(full_name, email, coalesce(nullif(phone_e164, ''), phone)) AS keys
          FROM contacts_contact WHERE archived_at IS NULL
        UNION ALL SELECT id, owner_id, team_id, search_other_keys(id) FROM contacts_contact
         WHERE archived_at IS NULL AND (EXISTS (SELECT FROM contacts_emailaddress WHERE contact_id = contacts_contact.id AND NOT is_primary)
            OR EXISTS (SELECT FROM contacts_phonenumber WHERE contact_id = contacts_contact.id AND NOT is_primary))
        UNION ALL SELECT id, owner_id, team_id, search_company_keys(name, domain, phone)
          FROM companies_company WHERE archived_at IS NULL
        UNION ALL SELECT id, owner_id, team_id, search_labelled('30', search_rotations(search_fold(title)))
          FROM deals_deal WHERE archived_at IS NULL
        UNION ALL SELECT id, owner_id, team_id, search_labelled('40', search_rotations(search_fold(title)))
          FROM tasks_task WHERE archived_at IS NULL
    ) AS every, unnest(every.keys) AS entry WHERE char_length(entry) > 2 ON CONFLICT DO NOTHING;
    INSERT INTO search_text (source, object_id, owner_id, team_id, at, vector)
    SELECT search_subject_source(subject), id, owner_id, team_id, occurred_at, to_tsvector('simple', search_fold(body))
      FROM activities_activity WHERE archived_at IS NULL AND body <> '';
END $$;
