-- migrate:up

-- The next due time that a live part still owes; an acknowledgement and a contact are owed until there was one, or a reply.
CREATE FUNCTION part_due(acknowledged_at timestamptz, acknowledge_by timestamptz, contacted_at timestamptz, replied_at timestamptz,
  contact_by timestamptz, reply_by timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
SELECT least(reply_by, CASE WHEN acknowledged_at IS NULL THEN acknowledge_by END,
  CASE WHEN contacted_at IS NULL AND replied_at IS NULL THEN contact_by END)
$$;

-- From when an open ticket is in the backlog: past the citizen's date, which a paused lead stops, the hotline's own stage or its parts.
CREATE FUNCTION ticket_due(promised_at timestamptz, is_lead_paused boolean, stage_by timestamptz, parts_due timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
SELECT least(CASE WHEN is_lead_paused THEN NULL ELSE promised_at END, stage_by, parts_due)
$$;

CREATE VIEW open_due AS
SELECT t.city_code, t.id, t.district, ticket_due(t.promised_at, p.is_lead_paused, t.stage_by, p.due_by) AS due_by
FROM tickets AS t LEFT JOIN (
  SELECT a.city_code, a.ticket_id, bool_or(a.role = 'lead' AND a.paused_at IS NOT NULL) AS is_lead_paused,
    min(part_due(a.acknowledged_at, a.acknowledge_by, a.contacted_at, a.replied_at, a.contact_by, a.reply_by))
      FILTER (WHERE a.paused_at IS NULL) AS due_by
  FROM assignments AS a WHERE a.state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
  GROUP BY a.city_code, a.ticket_id) AS p ON p.city_code = t.city_code AND p.ticket_id = t.id
WHERE t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up');

CREATE INDEX assignments_due ON assignments
  (city_code, part_due(acknowledged_at, acknowledge_by, contacted_at, replied_at, contact_by, reply_by))
  WHERE state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled') AND paused_at IS NULL;

-- migrate:down

DROP INDEX assignments_due;
DROP VIEW open_due;
DROP FUNCTION ticket_due, part_due;
