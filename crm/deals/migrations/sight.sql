-- A part of a deal bears the deal's owner and team, and a contact's part the contact's as well, so that a row of the change
-- log says who sees it. The contact is locked first: whoever gives it away meanwhile waits, and then finds the part.
CREATE FUNCTION deals_place_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT owner_id, team_id INTO NEW.owner_id, NEW.team_id FROM deals_deal WHERE id = NEW.deal_id;
    IF TG_TABLE_NAME = 'deals_dealcontact' THEN
        SELECT owner_id, team_id INTO NEW.contact_owner_id, NEW.contact_team_id
          FROM contacts_contact WHERE id = NEW.contact_id FOR NO KEY UPDATE;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER deals_place_part BEFORE INSERT ON deals_dealcontact
    FOR EACH ROW EXECUTE FUNCTION deals_place_part();
CREATE TRIGGER deals_place_part BEFORE INSERT ON deals_dealmember
    FOR EACH ROW EXECUTE FUNCTION deals_place_part();

CREATE FUNCTION deals_carry_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE deals_dealcontact SET owner_id = NEW.owner_id, team_id = NEW.team_id WHERE deal_id = NEW.id;
    UPDATE deals_dealmember SET owner_id = NEW.owner_id, team_id = NEW.team_id WHERE deal_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER deals_carry_parts AFTER UPDATE OF owner_id, team_id ON deals_deal
    FOR EACH ROW WHEN (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.team_id IS DISTINCT FROM OLD.team_id)
    EXECUTE FUNCTION deals_carry_parts();

CREATE FUNCTION deals_carry_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE deals_dealcontact SET contact_owner_id = NEW.owner_id, contact_team_id = NEW.team_id
     WHERE contact_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER deals_carry_contact AFTER UPDATE OF owner_id, team_id ON contacts_contact
    FOR EACH ROW WHEN (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.team_id IS DISTINCT FROM OLD.team_id)
    EXECUTE FUNCTION deals_carry_contact();

-- The parts that were there before.
UPDATE deals_dealcontact part
   SET owner_id = deal.owner_id, team_id = deal.team_id,
       contact_owner_id = contact.owner_id, contact_team_id = contact.team_id
  FROM deals_deal deal, contacts_contact contact
 WHERE deal.id = part.deal_id AND contact.id = part.contact_id;
UPDATE deals_dealmember part
   SET owner_id = deal.owner_id, team_id = deal.team_id FROM deals_deal deal WHERE deal.id = part.deal_id;
