-- name: open(city_code, lead, title, answer, answer_version, answered_by, expires_at, report_by, by, at)$
-- Opens an incident; returns its id.
INSERT INTO incidents (city_code, lead, title, answer, answer_version, answered_by, expires_at, report_by, opened_by, opened_at)
VALUES (:city_code, :lead, :title, :answer, :answer_version, :answered_by, :expires_at, :report_by, :by, :at) RETURNING id;

-- name: find(city_code, id)^
-- An incident with how many callers are attached to it.
SELECT i.*, (SELECT count(*) FROM tickets AS t
             WHERE t.city_code = i.city_code AND t.merged_into = i.lead AND t.state = 'merged') AS attached
FROM incidents AS i WHERE i.city_code = :city_code AND i.id = :id;

-- name: page(city_code, is_open, before, barred, own, page_size)
-- One page of incidents, the newest first, open ones only where asked for.
SELECT i.*, (SELECT count(*) FROM tickets AS t
             WHERE t.city_code = i.city_code AND t.merged_into = i.lead AND t.state = 'merged') AS attached
FROM incidents AS i
WHERE i.city_code = :city_code AND i.id < :before AND (NOT :is_open::boolean OR i.closed_at IS NULL)
  AND (:barred::text[] = '{}' OR NOT is_kept_from(:city_code, i.lead, :barred, :own))
ORDER BY i.id DESC LIMIT :page_size;

-- name: of_lead(city_code, lead)^
-- The open incident that a ticket leads.
SELECT i.*, 0::bigint AS attached FROM incidents AS i
WHERE i.city_code = :city_code AND i.lead = :lead AND i.closed_at IS NULL;

-- name: change(answer, answer_version, answered_by, expires_at, report_by, reports, late_reports, closed_by, closed_at, city_code, id)!
-- Keeps what changed of an incident.
UPDATE incidents SET answer = :answer, answer_version = :answer_version, answered_by = :answered_by,
  expires_at = :expires_at, report_by = :report_by, reports = :reports, late_reports = :late_reports,
  closed_by = :closed_by, closed_at = :closed_at
WHERE city_code = :city_code AND id = :id;

-- name: figures(city_code, now)^
-- How many incidents are open, of how many a report to the leaders is late, and of how many the answer has expired.
SELECT count(*) AS open, count(*) FILTER (WHERE report_by < :now) AS report_late,
  count(*) FILTER (WHERE expires_at <= :now) AS answer_expired
FROM incidents WHERE city_code = :city_code AND closed_at IS NULL;

-- name: open_ones(city_code, incidents, members)
-- The newest open incidents, each with its lead and the newest callers who were attached to it.
SELECT i.id, i.title, i.answer, i.expires_at, t.id = i.lead AS is_lead, t.kind, t.category, t.caller_index, t.place,
  t.district, t.registered_at, t.flags, x.masked_text, x.fingerprint
FROM (SELECT * FROM incidents WHERE city_code = :city_code AND closed_at IS NULL ORDER BY id DESC LIMIT :incidents) AS i
CROSS JOIN LATERAL (
  SELECT i.lead AS id
  UNION ALL
  (SELECT m.id FROM tickets AS m WHERE m.city_code = :city_code AND m.merged_into = i.lead AND m.state = 'merged'
   ORDER BY m.id DESC LIMIT :members)) AS one
JOIN tickets AS t ON t.city_code = :city_code AND t.id = one.id
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = one.id
ORDER BY i.id, t.id;

-- name: loose(city_code, keyword, since, most)
-- The newest tickets that told of a keyword since a time, lie by themselves, accuse nobody and may still be merged.
SELECT t.id, t.kind, t.category, t.caller_index, t.place, t.district, t.registered_at, t.flags, x.masked_text,
  x.fingerprint, false AS is_lead
FROM keyword_hits AS h JOIN tickets AS t ON t.city_code = h.city_code AND t.id = h.ticket_id
JOIN ticket_texts AS x ON x.city_code = h.city_code AND x.id = h.ticket_id
WHERE h.city_code = :city_code AND h.keyword = :keyword AND h.at >= :since AND t.merged_into IS NULL
  AND t.state IN ('on_desk', 'assigned') AND t.recused = '{}' AND NOT EXISTS (
    SELECT 1 FROM incidents AS i WHERE i.city_code = h.city_code AND i.lead = t.id AND i.closed_at IS NULL)
ORDER BY h.at DESC LIMIT :most;

-- name: about(city_code, id)^
-- A ticket, as far as it is compared with incidents.
SELECT t.id, t.kind, t.category, t.caller_index, t.place, t.district, t.registered_at, t.flags, x.masked_text,
  x.fingerprint, false AS is_lead
FROM tickets AS t JOIN ticket_texts AS x USING (city_code, id) WHERE t.city_code = :city_code AND t.id = :id;
