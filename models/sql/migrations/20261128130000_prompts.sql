-- migrate:up

-- Which sort of incident (incidents.toml) a new request tells of, and in which district ('' where not known).
CREATE TABLE keyword_hits (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  keyword text NOT NULL,
  district text NOT NULL,
  at timestamptz NOT NULL,
  is_counted boolean NOT NULL,
  PRIMARY KEY (city_code, ticket_id)
);
CREATE INDEX keyword_hits_new ON keyword_hits (city_code, at, ticket_id) WHERE NOT is_counted;
CREATE INDEX keyword_hits_by_pile ON keyword_hits (city_code, keyword, district, at);

-- 是否开启事件: a pile-up that a person opens an incident for or dismisses. It is a wave's, or a keyword's in a district since a
-- time (`since`). Counted are its tickets that lie by themselves and are newer than `after`. `settled_callers` is how many they
-- were when it was dismissed; `incident` the one that was opened, `attached_to` how far its tickets were gone through, up to `after`.
CREATE TABLE prompts (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  subject text NOT NULL,
  wave bigint,
  keyword text,
  district text NOT NULL,
  state text NOT NULL,
  since timestamptz NOT NULL,
  after bigint NOT NULL,
  tickets integer NOT NULL,
  callers integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  raised_at timestamptz NOT NULL,
  described integer NOT NULL,
  sentence text NOT NULL,
  place text,
  category text NOT NULL,
  representative bigint NOT NULL,
  settled_callers integer NOT NULL,
  settled_by text,
  settled_role text,
  settled_at timestamptz,
  reason text,
  incident bigint,
  attached_to bigint NOT NULL,
  PRIMARY KEY (city_code, id),
  UNIQUE (city_code, subject)
);
CREATE INDEX prompts_by_state ON prompts (city_code, state, id);
CREATE INDEX prompts_attaching ON prompts (city_code, id) WHERE state = 'opened' AND attached_to < after;

-- How many tickets a raised wave had when it was last looked at whether to ask about it.
ALTER TABLE waves ADD COLUMN seen integer NOT NULL DEFAULT 0;

-- The tickets of a pile-up since a time: of a wave, or that told of a keyword in a district.
CREATE FUNCTION pile(city text, wave bigint, keyword text, district text, since timestamptz)
RETURNS TABLE (ticket_id bigint, at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT w.ticket_id, w.at FROM wave_tickets AS w WHERE w.city_code = $1 AND w.wave = $2 AND w.at >= $5
  UNION ALL
  SELECT h.ticket_id, h.at FROM keyword_hits AS h
  WHERE h.city_code = $1 AND h.keyword = $3 AND h.district = $4 AND h.at >= $5
$$;

-- migrate:down

DROP FUNCTION pile;
ALTER TABLE waves DROP COLUMN seen;
DROP TABLE prompts;
DROP TABLE keyword_hits;
