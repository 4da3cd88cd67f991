-- name: known(city_code, source, numbers)
-- Which of these numbers of an old platform were imported before.
SELECT number FROM imported
WHERE city_code = :city_code AND source = :source AND number = ANY (:numbers::text[]);

-- name: write_texts(city_code, ids, query_codes, texts, briefs, callers, masked_texts, readings, tokens, fingerprints, answers)!
-- The words of imported tickets. The tokens of each come parted by U+001F: arrays of arrays would have to be of one length.
INSERT INTO ticket_texts (city_code, id, query_code, text, brief, caller, masked_text, reading, search, fingerprint, answer)
SELECT :city_code, t.id, t.query_code, t.text, t.brief, t.caller, t.masked_text, t.reading::json,
  array_to_tsvector(string_to_array(t.tokens, E'\x1f')), t.fingerprint, t.answer
FROM unnest(:ids::bigint[], :query_codes::bytea[], :texts::bytea[], :briefs::bytea[], :callers::bytea[],
  :masked_texts::text[], :readings::text[], :tokens::text[], :fingerprints::bytea[], :answers::bytea[])
  AS t (id, query_code, text, brief, caller, masked_text, reading, tokens, fingerprint, answer);
