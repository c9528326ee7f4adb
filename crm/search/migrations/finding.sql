-- The search itself: one call that goes from what is cheap and certain to what is dear and guessed, and stops where
-- it has found something. Each look at the keys ends after a fixed number of them.

-- Keys between ``lows`` and ``highs`` (a range each) of one source, as far as the reach goes; at most ``cap`` a range.
CREATE OR REPLACE FUNCTION search_scan(
    of_source smallint, reach text, me bigint, my_teams bigint[], lows text[], highs text[], cap integer
) RETURNS TABLE (object_id bigint, key text, low text) LANGUAGE plpgsql STABLE ROWS 60 AS $$
BEGIN
    IF reach = 'all' THEN
        RETURN QUERY SELECT found.object_id, found.key, range.low FROM unnest(lows, highs) AS range (low, high)
            CROSS JOIN LATERAL (SELECT k.object_id, k.key FROM search_key k
                WHERE k.source = of_source AND k.key >= range.low AND k.key < range.high
                ORDER BY k.key, k.object_id DESC LIMIT cap) found;
    ELSIF reach = 'own' THEN
        RETURN QUERY SELECT found.object_id, found.key, range.low FROM unnest(lows, highs) AS range (low, high)
            CROSS JOIN LATERAL (SELECT k.object_id, k.key FROM search_key k
                WHERE k.owner_id = me AND k.source = of_source AND k.key >= range.low AND k.key < range.high
                ORDER BY k.key, k.object_id DESC LIMIT cap) found;
    ELSE
        RETURN QUERY SELECT found.object_id, found.key, range.low FROM unnest(my_teams) AS team
            CROSS JOIN unnest(lows, highs) AS range (low, high)
            CROSS JOIN LATERAL (SELECT k.object_id, k.key FROM search_key k
                WHERE k.team_id = team AND k.source = of_source AND k.key >= range.low AND k.key < range.high
                ORDER BY k.key, k.object_id DESC LIMIT cap) found;
    END IF;
END $$;

-- Keys from ``low`` to ``high`` of one source as far as its reach goes, ``cap`` at most: an element of the arrays each.
-- One call for all of them: to begin a statement costs as much as ten looks at the index.
CREATE OR REPLACE FUNCTION search_ranges(
    sources smallint[], reaches text[], lows text[], highs text[], caps integer[], me bigint, my_teams bigint[]
) RETURNS TABLE (source smallint, object_id bigint, key text) LANGUAGE plpgsql STABLE ROWS 60 AS $$
BEGIN
    IF 'all' = ANY (reaches) THEN
        RETURN QUERY SELECT range.source, found.object_id, found.key
              FROM unnest(sources, reaches, lows, highs, caps) AS range (source, reach, low, high, cap)
             CROSS JOIN LATERAL (SELECT k.object_id, k.key FROM search_key k
                WHERE k.source = range.source AND k.key >= range.low AND k.key < range.high
                ORDER BY k.key, k.object_id DESC LIMIT range.cap) found
             WHERE range.reach = 'all';
    END IF;
    IF 'own' = ANY (reaches) THEN
        RETURN QUERY SELECT range.source, found.object_id, found.key
              FROM unnest(sources, reaches, lows, highs, caps) AS range (source, reach, low, high, cap)
             CROSS JOIN LATERAL (SELECT k.object_id, k.key FROM search_key k
                WHERE k.owner_id = me AND k.source = range.source AND k.key >= range.low AND k.key < range.high
                ORDER BY k.key, k.object_id DESC LIMIT range.cap) found
             WHERE range.reach = 'own';
    END IF;
    IF 'team' = ANY (reaches) THEN
        RETURN QUERY SELECT range.source, found.object_id, found.key FROM unnest(my_teams) AS team
             CROSS JOIN unnest(sources, reaches, lows, highs, caps) AS range (source, reach, low, high, cap)
             CROSS JOIN LATERAL (SELECT k.object_id, k.key FROM search_key k
                WHERE k.team_id = team AND k.source = range.source AND k.key >= range.low AND k.key < range.high
                ORDER BY k.key, k.object_id DESC LIMIT range.cap) found
             WHERE range.reach = 'team';
    END IF;
END $$;

-- Email addresses or numbers with the fragment anywhere in them. Six digits of a long number choose it: all numbers of a
-- town have the others in common, and to look through what the index has of each of those takes ten times as long.
CREATE OR REPLACE FUNCTION search_fragments(
    sources smallint[], reach text, me bigint, my_teams bigint[], fragment text, cap integer
) RETURNS TABLE (source smallint, object_id bigint, key text) LANGUAGE plpgsql STABLE ROWS 60 AS $$
DECLARE
    probe text := '%' || CASE WHEN fragment ~ '^[0-9]+$' THEN right(fragment, 6) ELSE fragment END || '%';
BEGIN
    IF reach = 'all' THEN
        RETURN QUERY SELECT k.source, k.object_id, k.key FROM search_key k
            WHERE k.source = ANY (sources) AND k.source IN (13, 15, 17, 18, 25)
              AND k.key LIKE probe AND position(fragment IN k.key) > 0 LIMIT cap;
    ELSIF reach = 'own' THEN
        RETURN QUERY SELECT k.source, k.object_id, k.key FROM search_key k
            WHERE k.owner_id = me AND k.source = ANY (sources) AND k.source IN (13, 15, 17, 18, 25)
              AND k.key LIKE probe AND position(fragment IN k.key) > 0 LIMIT cap;
    ELSE
        RETURN QUERY SELECT k.source, k.object_id, k.key FROM search_key k
            WHERE k.team_id = ANY (my_teams) AND k.source = ANY (sources) AND k.source IN (13, 15, 17, 18, 25)
              AND k.key LIKE probe AND position(fragment IN k.key) > 0 LIMIT cap;
    END IF;
END $$;

-- The word with one letter less, more, different, or two neighbours swapped, in the alphabet that it is written in.
CREATE OR REPLACE FUNCTION search_edits(word text) RETURNS SETOF text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    letters text[] := string_to_array(CASE
        WHEN word ~ '[а-яё]' THEN 'абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ'
        WHEN word ~ '[α-ω]' THEN 'αβγδεζηθικλμνξοπρστυφχψως'
        WHEN word ~ '[א-ת]' THEN 'אבגדהוזחטיכלמנסעפצקרשתךםןףץ'
        WHEN word ~ '[ء-ي]' THEN 'ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي'
        ELSE 'abcdefghijklmnopqrstuvwxyz' END, NULL);
    size integer := char_length(word);
BEGIN
    RETURN QUERY SELECT overlay(word PLACING '' FROM place FOR 1) FROM generate_series(1, size) AS place;
    RETURN QUERY SELECT overlay(word PLACING reverse(substr(word, place, 2)) FROM place FOR 2)
        FROM generate_series(1, size - 1) AS place;
    RETURN QUERY SELECT overlay(word PLACING letter FROM place FOR width)
        FROM unnest(letters) AS letter, generate_series(0, 1) AS width, generate_series(1, size + 1 - width) AS place;
END $$;

-- Words that keys begin with and that differ from the word in two letters at most: of those with its first two or
-- three letters, from one to the next.
CREATE OR REPLACE FUNCTION search_likes(
    of_source smallint, reach text, me bigint, my_teams bigint[], word text, most integer
) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    start text := left(word, CASE WHEN char_length(word) > 5 THEN 3 ELSE 2 END);
    stop text := start || chr(1114111);
    low text := start;
    found text;
    apart integer;
    near text[] := '{}';
    far text[] := '{}';
BEGIN
    IF char_length(word) < 4 THEN
        RETURN '{}';
    END IF;
    FOR step IN 1 .. 200 LOOP
        SELECT scan.key INTO found FROM search_scan(of_source, reach, me, my_teams, ARRAY[low], ARRAY[stop], 1) scan
         ORDER BY scan.key LIMIT 1;
        EXIT WHEN found IS NULL;
        found := split_part(found, ' ', 1);
        apart := public.levenshtein_less_equal(left(found, 60), left(word, 60), 2);
        IF apart < 2 THEN
            near := near || found;
        ELSIF apart = 2 AND (char_length(word) > 4 OR string_to_array(found, NULL) @> string_to_array(word, NULL)) THEN
            far := far || found;
        END IF;
        low := found || '!';
    END LOOP;
    RETURN (near || far)[:most];
END $$;

-- Ranges of keys for the words with one of those at ``places`` mistyped, in their order or, ``turned``, of two words in
-- the other one. A short word has to end there.
CREATE OR REPLACE FUNCTION search_typos(words text[], places integer[], turned boolean)
RETURNS TABLE (low text, high text) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    place integer;
BEGIN
    FOREACH place IN ARRAY places LOOP
        RETURN QUERY SELECT array_to_string(spelt.words, ' '), array_to_string(spelt.words, ' ')
                || CASE WHEN char_length(spelt.words[cardinality(spelt.words)]) > 4 THEN chr(1114111) ELSE '!' END
            FROM search_edits(words[place]) AS edit
            CROSS JOIN LATERAL (SELECT CASE
                WHEN NOT turned THEN words[:place - 1] || edit || words[place + 1:]
                WHEN place = 1 THEN ARRAY[words[2], edit] ELSE ARRAY[edit, words[1]] END) AS spelt (words)
            WHERE edit <> '';
    END LOOP;
END $$;

-- The places of the words that may be mistyped: the one that no name has; none if there are two of those; if there
-- is none, the two longest words.
CREATE OR REPLACE FUNCTION search_unknown(
    words text[], sources smallint[], reaches text[], me bigint, my_teams bigint[]
) RETURNS integer[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    found integer[] := '{}';
BEGIN
    IF cardinality(words) > 1 THEN
        found := ARRAY(SELECT listed.place FROM unnest(words) WITH ORDINALITY AS listed (word, place)
            WHERE NOT EXISTS (SELECT FROM unnest(sources, reaches) AS asking (source, reach)
                CROSS JOIN LATERAL search_scan(asking.source, asking.reach, me, my_teams, ARRAY[listed.word],
                                               ARRAY[listed.word || chr(1114111)], 1)
                WHERE asking.source IN (10, 20, 30, 40)));
    END IF;
    RETURN CASE cardinality(found) WHEN 1 THEN found WHEN 0 THEN
        ARRAY(SELECT listed.place FROM unnest(words) WITH ORDINALITY AS listed (word, place)
               WHERE char_length(word) > 2 ORDER BY char_length(word) DESC LIMIT 2) ELSE '{}' END;
END $$;

-- Phrases in which each word is itself or one that is like it in some source.
CREATE OR REPLACE FUNCTION search_guesses(
    words text[], of_source smallint, reach text, me bigint, my_teams bigint[]
) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    phrases text[] := '{}';
    guesses text[];
    word text;
    edits text[];
    most integer := CASE WHEN cardinality(words) < 3 THEN 12 ELSE 5 END;
BEGIN
    FOREACH word IN ARRAY words[:3] LOOP
        edits := ARRAY(SELECT DISTINCT edit FROM search_edits(word) AS edit WHERE char_length(edit) > 1);
        guesses := word || (ARRAY(SELECT DISTINCT scan.low FROM search_scan(of_source, reach, me, my_teams, edits,
                ARRAY(SELECT edit || '!' FROM unnest(edits) AS edit), 1) AS scan)
            || search_likes(of_source, reach, me, my_teams, word, 5))[:most];
        phrases := CASE WHEN phrases = '{}' THEN guesses ELSE
            ARRAY(SELECT before || ' ' || guess FROM unnest(phrases) AS before, unnest(guesses) AS guess) END;
    END LOOP;
    IF cardinality(words) = 2 THEN
        phrases := phrases || ARRAY(SELECT split_part(p, ' ', 2) || ' ' || split_part(p, ' ', 1) FROM unnest(phrases) p);
    END IF;
    RETURN phrases;
END $$;

-- Records by the asked words: those of ``sources``, each as far as its reach in ``reaches`` ("all", "team", "own").
-- The lower the score, the better the match; the records of the lowest scores, at most ``most`` a kind.
CREATE OR REPLACE FUNCTION search_find(
    asked text, sources smallint[], reaches text[], me bigint, my_teams bigint[], most integer
) RETURNS TABLE (kind integer, object_id bigint, score integer) LANGUAGE plpgsql STABLE ROWS 20
SET gin_fuzzy_search_limit = 5000 AS $$
DECLARE
    words text[] := (string_to_array(search_fold(left(asked, 200)), ' '))[:6];
    phrase text := array_to_string(words, ' ');
    letters text := array_to_string(words, '');
    digits text := regexp_replace(asked, '[^0-9]+', '', 'g');
    cap integer := greatest(most, 20) * 2;
    top constant text := chr(1114111);
    lows text[] := ARRAY[phrase];
    highs text[] := ARRAY[phrase || top];
    kinds integer[] := '{}';
    objects bigint[] := '{}';
    scores integer[] := '{}';
    unknown integer[];
    spelt text[];
    begun text[];
    range_sources smallint[];
    range_reaches text[];
    range_lows text[];
    range_highs text[];
    range_caps integer[];
BEGIN
    IF phrase = '' THEN
        RETURN;
    END IF;
    IF cardinality(words) IN (2, 3) THEN
        lows := lows || concat_ws(' ', words[3], words[2], words[1]);
        highs := highs || (lows[2] || top);
    END IF;
    -- 1. Names, addresses and titles that go on like this; initials.
    SELECT array_agg(asking.source), array_agg(asking.reach), array_agg(range.low), array_agg(range.high),
           array_agg(cap)
      INTO range_sources, range_reaches, range_lows, range_highs, range_caps
      FROM unnest(sources, reaches) AS asking (source, reach)
     CROSS JOIN LATERAL unnest(
               CASE WHEN asking.source IN (11, 21) THEN ARRAY[letters] ELSE lows END,
               CASE WHEN asking.source NOT IN (11, 21) THEN highs
                    WHEN char_length(letters) = cardinality(words) THEN ARRAY[letters || top]
                    ELSE ARRAY[letters || '!'] END) AS range (low, high)
     WHERE asking.source NOT IN (14, 15, 18, 25)
       AND (asking.source NOT IN (11, 21) OR char_length(letters) BETWEEN 2 AND 6
            AND cardinality(words) IN (1, char_length(letters)));
    SELECT array_agg(hit.source / 10), array_agg(hit.object_id), array_agg(CASE hit.source
               WHEN 11 THEN 6 WHEN 12 THEN 4 WHEN 13 THEN 4 WHEN 16 THEN 4 WHEN 17 THEN 4 WHEN 21 THEN 6 WHEN 22 THEN 2 ELSE 0 END
               + CASE WHEN hit.key = ANY (lows) THEN 0 WHEN hit.key ^@ (phrase || ' ') THEN 1 ELSE 2 END)
      INTO kinds, objects, scores
      FROM search_ranges(range_sources, range_reaches, range_lows, range_highs, range_caps, me, my_teams) AS hit;
    kinds := coalesce(kinds, '{}');
    objects := coalesce(objects, '{}');
    scores := coalesce(scores, '{}');
    -- 2. Numbers, from any of their digits on.
    IF char_length(digits) >= 3 AND asked ~ '^[0-9+().\-/ #x]*$' THEN
        SELECT kinds || array_agg(hit.source / 10), objects || array_agg(hit.object_id),
               scores || array_agg(CASE WHEN hit.key LIKE '%' || digits THEN 1 ELSE 2 END)
          INTO kinds, objects, scores
          FROM (SELECT asking.reach, array_agg(asking.source) AS sources FROM unnest(sources, reaches)
                AS asking (source, reach) WHERE asking.source IN (15, 18, 25) GROUP BY 1) AS alike
         CROSS JOIN LATERAL search_fragments(alike.sources, alike.reach, me, my_teams, ltrim(digits, '0'), cap * 4) AS hit;
    END IF;
    -- 3. All the words, each anywhere in the name; "jf" may stand for two of them.
    IF cardinality(words) > 1 THEN
        begun := ARRAY(SELECT '% ' || word || '%' FROM unnest(words) AS word);
        spelt := ARRAY(SELECT '% ' || part || '%' FROM unnest(words) AS word, unnest(CASE
            WHEN char_length(word) < 4 THEN string_to_array(word, NULL) ELSE ARRAY[word] END) AS part);
        -- Where the first look found some, a shorter one is enough.
        SELECT array_agg(asking.source), array_agg(asking.reach), array_agg(guide.word), array_agg(guide.word || top),
               array_agg(CASE WHEN asking.source / 10 = ANY (kinds) THEN 300 ELSE 1000 END)
          INTO range_sources, range_reaches, range_lows, range_highs, range_caps
          FROM (SELECT word FROM unnest(words) AS word ORDER BY char_length(word) DESC LIMIT 2) AS guide
         CROSS JOIN unnest(sources, reaches) AS asking (source, reach)
         WHERE asking.source IN (10, 20, 30, 40)
           AND (SELECT count(*) FROM unnest(kinds) AS kind_found WHERE kind_found = asking.source / 10) < most;
        SELECT kinds || array_agg(hit.source / 10), objects || array_agg(hit.object_id), scores || array_agg(10)
          INTO kinds, objects, scores
          FROM search_ranges(range_sources, range_reaches, range_lows, range_highs, range_caps, me, my_teams) AS hit
         WHERE ' ' || hit.key LIKE ALL (begun) OR ' ' || hit.key LIKE ALL (spelt);
    END IF;
    -- 4. Some words in the name, others in the address or the company.
    IF cardinality(words) > 1 AND 1 <> ALL (kinds) THEN
        SELECT array_agg(asking.source), array_agg(asking.reach), array_agg(guide.word), array_agg(guide.word || top),
               array_agg(150)
          INTO range_sources, range_reaches, range_lows, range_highs, range_caps
          FROM (SELECT word FROM unnest(words) AS word ORDER BY char_length(word) DESC LIMIT 2) AS guide
         CROSS JOIN unnest(sources, reaches) AS asking (source, reach) WHERE asking.source IN (10, 12, 13, 16, 17);
        SELECT kinds || array_agg(1), objects || array_agg(hit.object_id), scores || array_agg(12)
          INTO kinds, objects, scores
          FROM search_ranges(range_sources, range_reaches, range_lows, range_highs, range_caps, me, my_teams) AS hit
          JOIN contacts_contact AS contact ON contact.id = hit.object_id
         WHERE ' ' || search_fold(contact.full_name || CASE WHEN 13 = ANY (sources) THEN ' ' || contact.email ELSE '' END
               || CASE WHEN 14 = ANY (sources) THEN ' ' || contact.company_name ELSE '' END) LIKE ALL (begun);
    END IF;
    -- 5. The midst of an email address: for what looks like one, or where nothing else was found.
    IF char_length(phrase) > 3 AND (coalesce(cardinality(objects), 0) = 0
        OR asked ~ '^\S*[@._0-9]\S*$' AND NOT scores && ARRAY[4, 5, 6]) THEN
        SELECT kinds || array_agg(hit.source / 10), objects || array_agg(hit.object_id), scores || array_agg(14)
          INTO kinds, objects, scores
          FROM (SELECT asking.reach, array_agg(asking.source) AS sources FROM unnest(sources, reaches)
                AS asking (source, reach) WHERE asking.source IN (13, 17) GROUP BY 1) AS alike
         CROSS JOIN LATERAL search_fragments(alike.sources, alike.reach, me, my_teams, phrase, cap) AS hit;
    END IF;
    -- 6. One letter wrong.
    IF coalesce(cardinality(objects), 0) = 0 AND char_length(phrase) > 2 AND digits = '' THEN
        unknown := search_unknown(words, sources, reaches, me, my_teams);
        -- Most names have two words and keys in both orders: the other order is for those with a third one between.
        FOR turn IN 0 .. CASE cardinality(words) WHEN 2 THEN 1 ELSE 0 END LOOP
            SELECT array_agg(typo.low), array_agg(typo.high) INTO lows, highs
              FROM search_typos(words, unknown, turn = 1) AS typo;
            SELECT kinds || array_agg(asking.source / 10), objects || array_agg(hit.object_id), scores
                   || array_agg(CASE WHEN hit.key = hit.low OR hit.key ^@ (hit.low || ' ') THEN 20 ELSE 25 END)
              INTO kinds, objects, scores FROM unnest(sources, reaches) AS asking (source, reach)
             CROSS JOIN LATERAL search_scan(asking.source, asking.reach, me, my_teams, lows, highs, 5) AS hit
             WHERE asking.source IN (10, 20, 30, 40);
            EXIT WHEN cardinality(objects) > 0;
        END LOOP;
    END IF;
    -- 7. More letters wrong.
    IF coalesce(cardinality(objects), 0) = 0 AND char_length(phrase) > 3 AND digits = '' THEN
        SELECT kinds || array_agg(asking.source / 10), objects || array_agg(hit.object_id),
               scores || array_agg(60 - (30 * public.similarity(hit.key, phrase))::integer)
          INTO kinds, objects, scores FROM unnest(sources, reaches) AS asking (source, reach)
         CROSS JOIN LATERAL (SELECT array_agg(guess) AS low, array_agg(guess || '!') AS high
               FROM unnest(search_guesses(words, asking.source, asking.reach, me, my_teams)) AS guess) AS guessed
         CROSS JOIN LATERAL search_scan(asking.source, asking.reach, me, my_teams, guessed.low, guessed.high, 5) AS hit
         WHERE asking.source IN (10, 20, 30, 40);
    END IF;
    RETURN QUERY SELECT best.kind, best.object_id, best.score FROM (
        SELECT *, row_number() OVER (PARTITION BY every.kind ORDER BY every.score, every.object_id DESC) AS place FROM (
            SELECT hit.kind, hit.object_id, min(hit.score) AS score
              FROM unnest(kinds, objects, scores) AS hit (kind, object_id, score) GROUP BY 1, 2) AS every) AS best
     WHERE best.place <= most ORDER BY best.kind, best.place;
END $$;

-- Activities whose body has all the words (the last ones may go on): the best of the newest, else of all.
CREATE OR REPLACE FUNCTION search_notes(
    asked text, sources smallint[], reaches text[], reach_of_all text, me bigint, my_teams bigint[], most integer
) RETURNS TABLE (object_id bigint, score integer) LANGUAGE plpgsql STABLE ROWS 10 AS $$
DECLARE
    words text[] := (string_to_array(search_fold(left(asked, 200)), ' '))[:8];
    wanted tsquery;
    step text;
    found bigint[] := '{}';
BEGIN
    -- Two letters are in every other note; two characters of Chinese are a word.
    IF octet_length(array_to_string(words, '')) < 3 THEN
        RETURN;
    END IF;
    SELECT string_agg(quote_literal(word) || CASE WHEN char_length(word) > 2 THEN ':*' ELSE '' END, ' & ')::tsquery
      INTO wanted FROM unnest(words) AS word;
    -- Of the reach of the record and that of all activities the narrower one holds.
    IF reach_of_all <> 'all' THEN
        reaches := array_replace(reaches, 'all', reach_of_all);
    END IF;
    IF reach_of_all = 'own' THEN
        reaches := array_replace(reaches, 'team', 'own');
    END IF;
    FOREACH step IN ARRAY ARRAY['all', 'team', 'own'] LOOP
        IF step = ALL (reaches) THEN
            found := search_said(wanted, sources, step, me, my_teams, most);
        ELSIF step = ANY (reaches) THEN
            found := found || search_said(wanted, ARRAY(SELECT asking.source FROM unnest(sources, reaches)
                AS asking (source, reach) WHERE asking.reach = step), step, me, my_teams, most);
        END IF;
    END LOOP;
    IF cardinality(found) > 0 THEN
        RETURN QUERY SELECT ranked.object_id, (100 - 100 * ranked.rank)::integer FROM (
            SELECT entry.object_id, entry.at, ts_rank(entry.vector, wanted) AS rank FROM search_text AS entry
             WHERE entry.object_id = ANY (found)) AS ranked
            ORDER BY ranked.rank DESC, ranked.at DESC, ranked.object_id DESC LIMIT most;
    END IF;
END $$;

-- Activities that have the words: of the 150 newest ones in sight, and where those are fewer than ``most``, of all. A
-- word that many have is in some of the newest: walking the index of words would find them all first.
CREATE OR REPLACE FUNCTION search_said(
    wanted tsquery, sources smallint[], reach text, me bigint, my_teams bigint[], most integer
) RETURNS bigint[] LANGUAGE plpgsql STABLE
SET gin_fuzzy_search_limit = 5000
-- What begins with a word is taken for common: reading all notes until there are 200 would seem the shorter way.
SET enable_seqscan = off AS $$
DECLARE
    found bigint[];
BEGIN
    -- OFFSET keeps the index of words out of it.
    IF reach = 'own' THEN
        found := ARRAY(SELECT entry.object_id FROM (SELECT search_text.* FROM (
              SELECT activity.id FROM activities_activity AS activity
               WHERE activity.archived_at IS NULL AND activity.owner_id = me
               ORDER BY activity.occurred_at DESC, activity.id DESC LIMIT 150) AS newest
            JOIN search_text ON search_text.object_id = newest.id OFFSET 0) AS entry
            WHERE entry.vector @@ wanted AND entry.source = ANY (sources) AND entry.owner_id = me);
        IF cardinality(found) < most THEN
            found := ARRAY(SELECT entry.object_id FROM (
                  SELECT search_text.object_id, search_text.source FROM search_text
                   WHERE search_text.owner_id = me AND search_text.vector @@ wanted LIMIT 200) AS entry
                WHERE entry.source = ANY (sources));
        END IF;
    ELSIF reach = 'team' THEN
        found := ARRAY(SELECT entry.object_id FROM (SELECT search_text.*
              FROM unnest(my_teams) AS team CROSS JOIN LATERAL (
                SELECT activity.id FROM activities_activity AS activity
                 WHERE activity.archived_at IS NULL AND activity.team_id = team
                 ORDER BY activity.occurred_at DESC, activity.id DESC LIMIT 150) AS newest
            JOIN search_text ON search_text.object_id = newest.id OFFSET 0) AS entry
            WHERE entry.vector @@ wanted AND entry.source = ANY (sources) AND entry.team_id = ANY (my_teams));
        IF cardinality(found) < most THEN
            found := ARRAY(SELECT entry.object_id FROM (
                  SELECT search_text.object_id, search_text.source FROM search_text
                   WHERE search_text.team_id = ANY (my_teams) AND search_text.vector @@ wanted LIMIT 200) AS entry
                WHERE entry.source = ANY (sources));
        END IF;
    ELSE
        found := ARRAY(SELECT entry.object_id FROM (SELECT search_text.* FROM (
              SELECT activity.id FROM activities_activity AS activity WHERE activity.archived_at IS NULL
               ORDER BY activity.occurred_at DESC, activity.id DESC LIMIT 150) AS newest
            JOIN search_text ON search_text.object_id = newest.id OFFSET 0) AS entry
            WHERE entry.vector @@ wanted AND entry.source = ANY (sources));
        IF cardinality(found) < most THEN
            found := ARRAY(SELECT entry.object_id FROM (
                  SELECT search_text.object_id, search_text.source FROM search_text
                   WHERE search_text.vector @@ wanted LIMIT 200) AS entry
                WHERE entry.source = ANY (sources));
        END IF;
    END IF;
    RETURN found;
END $$;
