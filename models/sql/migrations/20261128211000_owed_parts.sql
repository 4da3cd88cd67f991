-- migrate:up

-- Live parts with what each one owes its citizen or the hotline next, and by when. A part that waits for somebody else owes
-- nothing meanwhile. As the backlog counts it, a contact is owed until there was one, or a reply.
CREATE VIEW owed_parts AS
SELECT o.*, CASE o.owes WHEN 'acknowledge' THEN o.acknowledge_by WHEN 'contact' THEN o.contact_by ELSE o.reply_by END AS due_by
FROM (
  SELECT a.city_code, a.department, a.ticket_id, a.ordinal, a.role, a.state, a.asked, a.dispatched_at,
    a.acknowledge_by, a.contact_by, a.reply_by, CASE
      WHEN a.state = 'dispatched' THEN 'acknowledge'
      WHEN a.state IN ('send_back_requested', 'signed_off') OR a.paused_at IS NOT NULL THEN 'others'
      WHEN a.state = 'replied' THEN 'sign_off'
      WHEN a.contacted_at IS NULL AND a.replied_at IS NULL THEN 'contact'
      ELSE 'reply' END AS owes
  FROM assignments AS a WHERE a.state NOT IN ('accepted', 'sent_back', 'recalled')) AS o;

-- migrate:down

DROP VIEW owed_parts;
