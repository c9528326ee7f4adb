-- The primary email address, phone number and company stand on the contact, where lists read them; this keeps their
-- rows in step, whoever writes the contact: another value that the contact has too becomes the primary one, a new
-- value takes the primary row's place, an empty one takes the primary row away. In the database, as it costs a
-- contact's INSERT less than further statements would.
CREATE FUNCTION keep_contact_parts() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.email <> '' THEN
      INSERT INTO contacts_emailaddress (contact_id, address, label, is_primary, created_at)
      VALUES (NEW.id, NEW.email, 'work', true, now());
    END IF;
    IF NEW.phone <> '' THEN
      INSERT INTO contacts_phonenumber (contact_id, raw, e164, last_digits, kind, is_bad, is_primary, created_at)
      VALUES (NEW.id, NEW.phone, NEW.phone_e164, contact_last_digits(NEW.phone_e164, NEW.phone), 'mobile', false,
              true, now());
    END IF;
    IF NEW.company_id IS NOT NULL THEN
      INSERT INTO contacts_contactcompany (contact_id, company_id, role, is_primary, created_at)
      VALUES (NEW.id, NEW.company_id, '', true, now());
    END IF;
    RETURN NULL;
  END IF;

  IF NEW.email <> OLD.email THEN
    IF NEW.email = '' THEN
      DELETE FROM contacts_emailaddress WHERE contact_id = NEW.id AND is_primary;
    ELSIF EXISTS (SELECT FROM contacts_emailaddress WHERE contact_id = NEW.id AND address = NEW.email) THEN
      UPDATE contacts_emailaddress SET is_primary = false
       WHERE contact_id = NEW.id AND is_primary AND address <> NEW.email;
      UPDATE contacts_emailaddress SET is_primary = true
       WHERE contact_id = NEW.id AND NOT is_primary AND address = NEW.email;
    ELSE
      UPDATE contacts_emailaddress SET address = NEW.email, bounced_at = NULL
       WHERE contact_id = NEW.id AND is_primary;
      IF NOT FOUND THEN
        INSERT INTO contacts_emailaddress (contact_id, address, label, is_primary, created_at)
        VALUES (NEW.id, NEW.email, 'work', true, now());
      END IF;
    END IF;
  END IF;

  IF NEW.phone <> OLD.phone OR NEW.phone_e164 <> OLD.phone_e164 THEN
    IF NEW.phone = '' THEN
      DELETE FROM contacts_phonenumber WHERE contact_id = NEW.id AND is_primary;
    ELSIF EXISTS (SELECT FROM contacts_phonenumber WHERE contact_id = NEW.id AND raw = NEW.phone) THEN
      UPDATE contacts_phonenumber SET is_primary = false
       WHERE contact_id = NEW.id AND is_primary AND raw <> NEW.phone;
      UPDATE contacts_phonenumber
         SET is_primary = true, e164 = NEW.phone_e164,
             last_digits = contact_last_digits(NEW.phone_e164, NEW.phone)
       WHERE contact_id = NEW.id AND raw = NEW.phone AND (NOT is_primary OR e164 <> NEW.phone_e164);
    ELSE
      UPDATE contacts_phonenumber
         SET raw = NEW.phone, e164 = NEW.phone_e164, is_bad = false,
             last_digits = contact_last_digits(NEW.phone_e164, NEW.phone)
       WHERE contact_id = NEW.id AND is_primary;
      IF NOT FOUND THEN
        INSERT INTO contacts_phonenumber (contact_id, raw, e164, last_digits, kind, is_bad, is_primary, created_at)
        VALUES (NEW.id, NEW.phone, NEW.phone_e164, contact_last_digits(NEW.phone_e164, NEW.phone), 'mobile', false,
                true, now());
      END IF;
    END IF;
  END IF;

  IF NEW.company_id IS DISTINCT FROM OLD.company_id THEN
    IF NEW.company_id IS NULL THEN
      DELETE FROM contacts_contactcompany WHERE contact_id = NEW.id AND is_primary;
    ELSIF EXISTS (SELECT FROM contacts_contactcompany WHERE contact_id = NEW.id AND company_id = NEW.company_id) THEN
      UPDATE contacts_contactcompany SET is_primary = false
       WHERE contact_id = NEW.id AND is_primary AND company_id <> NEW.company_id;
      UPDATE contacts_contactcompany SET is_primary = true
       WHERE contact_id = NEW.id AND NOT is_primary AND company_id = NEW.company_id;
    ELSE
      DELETE FROM contacts_contactcompany WHERE contact_id = NEW.id AND is_primary;
      INSERT INTO contacts_contactcompany (contact_id, company_id, role, is_primary, created_at)
      VALUES (NEW.id, NEW.company_id, '', true, now());
    END IF;
  END IF;
  RETURN NULL;
END $body$;

CREATE FUNCTION contact_last_digits(e164 text, raw text) RETURNS text IMMUTABLE LANGUAGE sql AS $body$
  SELECT right(regexp_replace(CASE WHEN e164 <> '' THEN e164 ELSE raw END, '\D', '', 'g'), 7)
$body$;

CREATE TRIGGER keep_contact_parts AFTER INSERT OR UPDATE OF email, phone, phone_e164, company_id ON contacts_contact
    FOR EACH ROW EXECUTE FUNCTION keep_contact_parts();

-- How many contacts a company has, those in the bin left out.
CREATE FUNCTION count_company_contacts() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE companies_company SET contact_count = contact_count - 1
     WHERE id = OLD.company_id
       AND EXISTS (SELECT FROM contacts_contact WHERE id = OLD.contact_id AND archived_at IS NULL);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE companies_company SET contact_count = contact_count + 1
     WHERE id = NEW.company_id
       AND EXISTS (SELECT FROM contacts_contact WHERE id = NEW.contact_id AND archived_at IS NULL);
  END IF;
  RETURN NULL;
END $body$;

CREATE FUNCTION count_contact_in_companies() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE companies_company
     SET contact_count = contact_count + CASE WHEN NEW.archived_at IS NULL THEN 1 ELSE -1 END
   WHERE id IN (SELECT company_id FROM contacts_contactcompany WHERE contact_id = NEW.id);
  RETURN NULL;
END $body$;

CREATE TRIGGER count_company_contacts AFTER INSERT OR DELETE OR UPDATE OF contact_id, company_id
    ON contacts_contactcompany FOR EACH ROW EXECUTE FUNCTION count_company_contacts();
CREATE TRIGGER count_contact_in_companies AFTER UPDATE OF archived_at ON contacts_contact
    FOR EACH ROW WHEN ((OLD.archived_at IS NULL) <> (NEW.archived_at IS NULL))
    EXECUTE FUNCTION count_contact_in_companies();

-- The contacts that were there before.
INSERT INTO contacts_emailaddress (contact_id, address, label, is_primary, created_at)
SELECT id, email, 'work', true, created_at FROM contacts_contact WHERE email <> '';
INSERT INTO contacts_phonenumber (contact_id, raw, e164, last_digits, kind, is_bad, is_primary, created_at)
SELECT id, phone, phone_e164, contact_last_digits(phone_e164, phone), 'mobile', false, true, created_at
  FROM contacts_contact WHERE phone <> '';
INSERT INTO contacts_contactcompany (contact_id, company_id, role, is_primary, created_at)
SELECT id, company_id, '', true, created_at FROM contacts_contact WHERE company_id IS NOT NULL;

-- The sources that contacts have; a template without contacts gets them with a new tenant's other defaults.
INSERT INTO contacts_leadsource (name, position)
SELECT name, row_number() OVER (ORDER BY used DESC, name) - 1
  FROM (SELECT min(source) AS name, count(*) AS used FROM contacts_contact WHERE source <> '' GROUP BY lower(source)) found;
