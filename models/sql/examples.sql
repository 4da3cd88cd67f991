-- name: keep(city_code, ticket_id, seq, at, category, kind, urgency, provenance, role)!
-- Keeps what a person says that a ticket is about, in place of what was said before.
INSERT INTO examples (city_code, ticket_id, seq, at, category, kind, urgency, provenance, role)
VALUES (:city_code, :ticket_id, :seq, :at, :category, :kind::text::kind, :urgency, :provenance::text::provenance,
  :role::text::role)
ON CONFLICT (city_code, ticket_id) DO UPDATE SET
  seq = EXCLUDED.seq, at = EXCLUDED.at, category = EXCLUDED.category, kind = EXCLUDED.kind, urgency = EXCLUDED.urgency,
  provenance = EXCLUDED.provenance, role = EXCLUDED.role;

-- name: page(city_code, since, below, page_size)
-- One page, newest ticket first, of the examples since a time with their masked words. Whose lead was taken away waits for
-- another word: its example shows nothing any more, nor does one whose words are erased. A kind or urgency that a person left as it
-- was read is no word of his.
SELECT e.*, x.masked_text, coalesce(x.reading ->> 'kind' <> e.kind::text, false) AS is_kind_told,
  coalesce(x.reading ->> 'urgency' <> e.urgency::text, false) AS is_urgency_told
FROM examples AS e
JOIN tickets AS t ON t.city_code = e.city_code AND t.id = e.ticket_id
JOIN ticket_texts AS x ON x.city_code = e.city_code AND x.id = e.ticket_id
WHERE e.city_code = :city_code AND e.ticket_id < :below AND e.at >= :since AND t.lead IS NOT NULL AND t.erased_at IS NULL
ORDER BY e.ticket_id DESC LIMIT :page_size;

-- name: counts(city_code)
-- How many examples there are of each provenance.
SELECT e.provenance::text AS provenance, count(*) AS n FROM examples AS e
JOIN tickets AS t ON t.city_code = e.city_code AND t.id = e.ticket_id
WHERE e.city_code = :city_code AND t.lead IS NOT NULL AND t.erased_at IS NULL GROUP BY e.provenance;
