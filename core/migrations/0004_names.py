"""How names are compared, in the database, so that an index can hold it (see `core.names`).

Everything is schema-qualified: indexes are built and restored with an empty search path.
"""

from django.db import migrations

FUNCTIONS = r"""
-- One word's letters: those that are two signs for one sound become one (aa, ae, oe, ue of
-- passports; their å, ä, ö, ü have lost the dots already).
CREATE FUNCTION public.name_letters(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT replace(replace(regexp_replace(word, 'a[ae]', 'a', 'g'), 'oe', 'o'), 'ue', 'u')
$$;

-- The words of a name without accents, capitals, apostrophes and hyphens, one space between.
CREATE FUNCTION public.name_folded(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT trim(regexp_replace(
        replace(replace(replace(replace(
            translate(
                regexp_replace(
                    lower(normalize(translate(name,
                        U&'\2018\2019\201A\201B\00B4\0060\02BC\02BB\02BD\02B9\02BE\02BF\02C8\2032\2035\FF07',
                        ''''''''''''''''''''''''''''''''''), NFKD)),
                    '[\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]',
                    '', 'g'),
                U&'\00F8\0142\0111\00F0\0131\0127\0167\0138\0140\014B\0253\0257\0181\0649\06CC\0629\06C1\06A9',
                U&'olddihtklnbdb\064A\064A\0647\0647\0643'),
            U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe'), U&'\00FE', 'th'),
        U&'[\0001-\0026\0028-\002F\003A-\0040\005B-\0060\007B-\00BF\2010-\2015\2022\2026\2043\2212\00D7\3000\30FB]+',
        ' ', 'g'))
$$;

-- The words, at hyphens, spaces and apostrophes; at most twelve.
CREATE FUNCTION public.name_words(name text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    folded text := trim(translate(public.name_folded(name), '''', ' '));
BEGIN
    RETURN (string_to_array(regexp_replace(folded, '  +', ' ', 'g'), ' '))[1:12];
END
$$;

-- The name in one piece: two that are equal are the same name, however they are written.
CREATE FUNCTION public.name_tight(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT public.name_letters(array_to_string(public.name_words(name), ''))
$$;

-- How a word sounds to somebody who writes it down: its consonants, by Swedish ears.
CREATE FUNCTION public.name_sound(word text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE s text := public.name_letters(word);
BEGIN
    s := replace(replace(replace(s, 'sch', 's'), 'tj', 'k'), 'ph', 'f');
    IF s ~ '^([hgdl]j|y[aeiou])' THEN
        s := 'j' || substr(s, CASE WHEN left(s, 1) = 'y' THEN 2 ELSE 3 END);
    END IF;
    s := replace(replace(replace(s, 'ce', 'se'), 'ci', 'si'), 'cy', 'sy');
    -- After these it is not heard, nor between a vowel and a consonant, nor last: Ahlgren, Sarah.
    s := regexp_replace(s, '([tkgdrc])h', '\1', 'g');
    s := replace(replace(translate(s, 'cqwz', 'kkvs'), 'x', 'ks'), 'dt', 't');
    s := regexp_replace(s, '([aeiouy])h(?![aeiouy])', '\1', 'g');
    s := CASE WHEN s ~ '^[aeiouy]' THEN 'a' ELSE '' END || translate(s, 'aeiouy', '');
    RETURN regexp_replace(s, '(.)\1+', '\1', 'g');
END
$$;

-- The word, and it with one letter left out: two words that share one of these are close.
CREATE FUNCTION public.name_near(word text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    near text[] := ARRAY[word];
BEGIN
    IF length(word) > 3 THEN
        FOR at IN 1 .. least(length(word), 20) LOOP
            near := near || overlay(word PLACING '' FROM at FOR 1);
        END LOOP;
    END IF;
    RETURN near;
END
$$;

-- What an index holds of a name. `=`: each word and all that follows it, written together, so that
-- whoever begins anywhere, with or without the spaces, begins one of them. `?`: how words sound.
-- `~`: words with a letter left out.
CREATE FUNCTION public.name_keys(VARIADIC names text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 200 AS $$
DECLARE
    keys text[] := '{}';
    words text[];
    many int;
    whole text;
    heard text;
    near text;
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        words := public.name_words(coalesce(name, ''));
        many := coalesce(array_length(words, 1), 0);
        FOR here IN 1 .. many LOOP
            whole := public.name_letters(array_to_string(words[here:], ''));
            keys := keys || ('=' || left(whole, 200));
            IF here = 1 AND many > 1 THEN
                heard := public.name_sound(whole);
                IF length(heard) > 1 THEN keys := keys || ('?' || left(heard, 100)); END IF;
            END IF;
            heard := public.name_sound(words[here]);
            IF length(heard) > 1 THEN keys := keys || ('?' || left(heard, 100)); END IF;
            IF length(words[here]) > 2 THEN
                FOREACH near IN ARRAY public.name_near(public.name_letters(words[here])) LOOP
                    keys := keys || ('~' || left(near, 100));
                END LOOP;
            END IF;
        END LOOP;
    END LOOP;
    RETURN array_to_tsvector(keys);
END
$$;

-- A key as a word of a tsquery, whatever is in it.
CREATE FUNCTION public.name_quoted(key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT '''' || replace(replace(key, '\', '\\'), '''', '''''') || ''''
$$;

-- The question for names that are written so: each word asked for begins one of the name's words,
-- alone or written together with its neighbours. `shortest`: the shortest word that is asked of the
-- index; shorter ones (initials) are asked of what it finds.
CREATE FUNCTION public.name_query(asked text, shortest int DEFAULT 1) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    words text[] := public.name_words(asked);
    many int := coalesce(array_length(words, 1), 0);
    all_of text[] := '{}';
    one_of text[];
    longest boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(words) AS word WHERE length(word) >= shortest) THEN
        shortest := 1;
    END IF;
    FOR here IN 1 .. many LOOP
        CONTINUE WHEN length(words[here]) < shortest;
        one_of := '{}';
        FOR head IN greatest(1, here - 3) .. here LOOP
            FOR tail IN here .. least(many, head + 3) LOOP
                one_of := one_of || (public.name_quoted('=' || public.name_letters(
                    array_to_string(words[head:tail], ''))) || ':*');
            END LOOP;
        END LOOP;
        all_of := all_of || ('(' || array_to_string(one_of, '|') || ')');
    END LOOP;
    RETURN array_to_string(all_of, '&')::tsquery;
END
$$;

-- The question for names that are nearly so: each word sounds like one of the name's, or shares
-- all letters with it but one.
CREATE FUNCTION public.name_near_query(asked text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    all_of text[] := '{}';
    one_of text[];
    word text;
    near text;
BEGIN
    FOREACH word IN ARRAY public.name_words(asked) LOOP
        CONTINUE WHEN length(word) < 2;
        one_of := ARRAY[public.name_quoted('=' || public.name_letters(word)),
                        public.name_quoted('?' || public.name_sound(word))];
        IF length(word) > 2 THEN
            FOREACH near IN ARRAY public.name_near(public.name_letters(word)) LOOP
                one_of := one_of || public.name_quoted('~' || near);
            END LOOP;
        END IF;
        all_of := all_of || ('(' || array_to_string(one_of, '|') || ')');
    END LOOP;
    RETURN array_to_string(all_of, '&')::tsquery;
END
$$;

-- A name as its letters are in Swedish, each once: å, ä and ö are letters of their own and other
-- accents are not. What begins a word that is searched stands after a space.
CREATE FUNCTION public.name_written(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT ' ' || translate(lower(name), '-''', '  ')
$$;

-- The place of a name in Swedish order, to be compared byte by byte: å, ä, ö last, other accents
-- as without, hyphens as spaces, and no nobiliary von or af before the name.
CREATE FUNCTION public.name_order(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT regexp_replace(replace(replace(translate(lower(normalize(name, NFC)),
        U&'\00E5\00E4\00E6\00F6\00F8\0153\0151\00E1\00E0\00E2\00E3\0101\0105\0103\00E7\0107\010D\010F\0111\00F0\00E9\00E8\00EA\00EB\0113\0119\011B\0117\011F\0123\0127\00ED\00EC\00EE\00EF\012B\012F\0131\0137\0142\013C\013E\00F1\0144\0148\0146\00F3\00F2\00F4\00F5\014D\0159\0155\015B\0161\015F\0219\0165\0163\021B\00FA\00F9\00FB\016B\016F\0173\00FC\0171\00FD\00FF\0175\0177\017A\017E\017C-\2010\2019''',
        '{||}}}}aaaaaaacccdddeeeeeeeegghiiiiiiiklllnnnnooooorrsssstttuuuuuuyyyywyzzz  '),
        U&'\00DF', 'ss'), U&'\00FE', 'th'),
        '^(von und zu|von der|von dem|von den|von|vom|af) +(?=.)', '')
$$;
"""

REMOVED = """
DROP FUNCTION public.name_order(text);
DROP FUNCTION public.name_written(text);
DROP FUNCTION public.name_near_query(text);
DROP FUNCTION public.name_query(text, int);
DROP FUNCTION public.name_quoted(text);
DROP FUNCTION public.name_keys(text[]);
DROP FUNCTION public.name_near(text);
DROP FUNCTION public.name_sound(text);
DROP FUNCTION public.name_tight(text);
DROP FUNCTION public.name_words(text);
DROP FUNCTION public.name_folded(text);
DROP FUNCTION public.name_letters(text);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_context_grows")]

    operations = [migrations.RunSQL(FUNCTIONS, REMOVED)]
