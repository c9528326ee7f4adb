-- Lower case, no accents, words with one space between them; each Chinese, Japanese or Korean character is a word,
-- as those languages write none. The query is folded by the same function as the data.
CREATE OR REPLACE FUNCTION search_fold(written text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    found text := written;
BEGIN
    IF octet_length(found) <> char_length(found) THEN
        -- Before anything else: unaccent makes plain apostrophes of the others, which would separate words.
        found := translate(left(found, 20000), '’‘ʼ´''`', '');
        found := regexp_replace(normalize(found, NFKD), '[\u0300-\u036f]', '', 'g');
        found := normalize(public.unaccent('public.unaccent', found), NFC);
        found := regexp_replace(found, '([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])', ' \1 ', 'g');
        found := regexp_replace(lower(found), '[^[:alnum:]]+', ' ', 'g');
    ELSE
        found := translate(lower(found), '!"#$%&()*+,-./:;<=>?@[\]^_{|}~' || chr(9) || chr(10) || chr(13) || '''`',
                           repeat(' ', 33));
    END IF;
    WHILE position('  ' IN found) > 0 LOOP
        found := replace(found, '  ', ' ');
    END LOOP;
    RETURN btrim(found);
END $$;

-- A folded text from each of its words on, then from the beginning.
CREATE OR REPLACE FUNCTION search_rotations(folded text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    words text[] := string_to_array(folded, ' ');
    found text[] := '{}';
    turned text;
BEGIN
    FOR place IN 1 .. least(cardinality(words), 8) LOOP
        turned := left(array_to_string(words[place:] || words[:place - 1], ' '), 64);
        IF turned <> ALL (found) THEN
            found := found || turned;
        END IF;
    END LOOP;
    RETURN found;
END $$;

-- A folded address from each of its words on, without what every address ends in.
CREATE OR REPLACE FUNCTION search_tails(folded text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    words text[] := string_to_array(folded, ' ');
    found text[] := '{}';
    tail text;
BEGIN
    FOR place IN 1 .. least(cardinality(words) - 1, 6) LOOP
        tail := left(array_to_string(words[place:], ' '), 64);
        IF tail <> ALL (found) THEN
            found := found || tail;
        END IF;
    END LOOP;
    RETURN found;
END $$;

-- The first letters of a folded text's words; nothing for fewer words than ``least_words``.
CREATE OR REPLACE FUNCTION search_initials(folded text, least_words integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    found text := '';
    word text;
BEGIN
    FOREACH word IN ARRAY string_to_array(folded, ' ') LOOP
        found := found || left(word, 1);
    END LOOP;
    RETURN CASE WHEN char_length(found) >= least_words THEN left(found, 8) END;
END $$;
