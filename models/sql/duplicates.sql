-- name: alike(city_code, askers, bands, caller_indexes, places, categories, districts, since)
-- Candidates for duplicates of several new tickets, each told by its position among those that ask: recent tickets that
-- share fingerprint bands, those first that share most of what few others have; of the same caller; or about the same subject at
-- the same place. What lies in another district is the same matter for the same caller alone (nlu.sameness), and is left out.
SELECT candidate.asker, t.* FROM (
  (SELECT asker, id FROM (
     SELECT wanted.asker, hit.id,
       row_number() OVER (PARTITION BY wanted.asker ORDER BY sum(found.worth) DESC, hit.id DESC) AS place
     FROM unnest(:askers::int[], :bands::bigint[]) AS wanted (asker, band) CROSS JOIN LATERAL (
       SELECT array_agg(newest.id) AS ids, 1 / ln(2 + count(*)) AS worth FROM (
         SELECT b.ticket_id AS id FROM ticket_bands AS b
         WHERE b.city_code = :city_code AND b.band = wanted.band AND b.ticket_id >= :since
         ORDER BY b.ticket_id DESC LIMIT 64) AS newest) AS found CROSS JOIN LATERAL unnest(found.ids) AS hit (id)
     -- One band that everybody shares brings nobody.
     GROUP BY wanted.asker, hit.id HAVING sum(found.worth) >= 0.3) AS ranked
   WHERE place <= 40)
  UNION
  (SELECT wanted.asker - 1, same.id FROM unnest(:caller_indexes::bytea[]) WITH ORDINALITY AS wanted (caller_index, asker)
   CROSS JOIN LATERAL (
     SELECT id FROM tickets WHERE city_code = :city_code AND caller_index = wanted.caller_index AND id >= :since
     ORDER BY id DESC LIMIT 20) AS same)
  UNION
  (SELECT wanted.asker - 1, same.id
   FROM unnest(:places::text[], :categories::text[]) WITH ORDINALITY AS wanted (place, category, asker)
   CROSS JOIN LATERAL (
     SELECT id FROM tickets
     WHERE city_code = :city_code AND place = wanted.place AND category = wanted.category AND id >= :since
     ORDER BY id DESC LIMIT 20) AS same)
) AS candidate (asker, id) CROSS JOIN LATERAL (
  SELECT t.id, t.state, t.kind, t.category, t.caller_index, t.place, t.district, t.registered_at, x.fingerprint,
    t.disclosure = 'confidential' AS is_confidential
  FROM tickets AS t JOIN ticket_texts AS x USING (city_code, id)
  -- A limit, lest the planner read whole months where it expects many candidates; and no candidate lies in a month before them all,
  -- of which there are many.
  WHERE t.city_code = :city_code AND t.id = candidate.id AND t.id >= :since AND x.id >= :since
    AND (coalesce(t.district = (:districts::text[])[candidate.asker + 1], true)
      OR t.caller_index = (:caller_indexes::bytea[])[candidate.asker + 1])
  LIMIT 1) AS t;
