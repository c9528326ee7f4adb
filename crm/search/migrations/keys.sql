-- What records are found by: a row for each way to begin to write a name, an address or a number.
--
-- A key is a folded text: lower case, no accents, words with one space between them. A name of several words has a
-- key for each of its words, which goes on with the words after it and then with those before it ("john fitzgerald
-- kennedy", "fitzgerald kennedy john", "kennedy john fitzgerald"): whatever word somebody begins with, the keys that
-- they can mean are one index range, which ends where the caller has seen enough. No search reads more than that,
-- however many records there are. ``source`` says what of a record the key is made of (crm/search/sources.py), and
-- stands first: what a role may not see is never looked at.
CREATE TABLE search_key (
    source smallint NOT NULL,
    object_id bigint NOT NULL,
    owner_id bigint,
    team_id bigint,
    key text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX search_key_all ON search_key (source, key, object_id DESC);
CREATE INDEX search_key_own ON search_key (owner_id, source, key, object_id DESC) WHERE owner_id IS NOT NULL;
CREATE INDEX search_key_team ON search_key (team_id, source, key, object_id DESC) WHERE team_id IS NOT NULL;
-- Fragments from the midst of an email address or a number; whose it is is in the index, too.
CREATE INDEX search_key_fragment ON search_key USING gin (owner_id, team_id, key gin_trgm_ops)
    WITH (fastupdate = off) WHERE source IN (13, 15, 17, 18, 25);

-- What activities are found by: the words of their bodies.
CREATE TABLE search_text (
    source smallint NOT NULL,
    object_id bigint PRIMARY KEY,
    owner_id bigint,
    team_id bigint,
    at timestamptz NOT NULL,
    vector tsvector NOT NULL
);
CREATE INDEX search_text_words ON search_text USING gin (owner_id, team_id, vector) WITH (fastupdate = off);
