-- migrate:up

-- Whether a ticket is kept from who asks (回避): it accuses one of `barred`, and none of `own` has a part of it in hand any more.
-- Every list asks this one function, as hotline.hub asks the same of a single ticket.
CREATE FUNCTION is_kept_from(city text, ticket bigint, barred text[], own text[])
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT EXISTS (SELECT 1 FROM tickets AS t WHERE t.city_code = $1 AND t.id = $2 AND t.recused && $3)
    AND NOT EXISTS (SELECT 1 FROM assignments AS a WHERE a.city_code = $1 AND a.ticket_id = $2 AND a.department = ANY ($4)
                    AND a.state NOT IN ('accepted', 'sent_back', 'recalled'))
$$;

-- migrate:down

DROP FUNCTION is_kept_from;
