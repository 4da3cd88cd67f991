-- migrate:up

-- 采纳: what the lead answers to a suggestion; it holds once the hotline has approved the reply that gives the reason.
CREATE TABLE adoptions (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  adoption text NOT NULL CHECK (adoption IN ('adopted', 'partly_adopted', 'declined')),
  department text NOT NULL,
  said_at timestamptz NOT NULL,
  decided_at timestamptz,
  PRIMARY KEY (city_code, ticket_id)
);

-- 公开的建议: title and brief as a person of the hotline wrote them, with the citizen's consent; nothing of who suggested it.
CREATE TABLE suggestions (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  ticket_id bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('published', 'under_study', 'adopted', 'partly_adopted', 'declined', 'done')),
  title text NOT NULL,
  brief text NOT NULL,
  category text NOT NULL,
  answer text,
  done text,
  consent text NOT NULL,
  supports integer NOT NULL DEFAULT 0,
  published_by text NOT NULL,
  published_at timestamptz NOT NULL,
  studied_at timestamptz,
  decided_at timestamptz,
  done_at timestamptz,
  withdrawn_at timestamptz,
  PRIMARY KEY (city_code, id)
);
CREATE UNIQUE INDEX suggestions_of_ticket ON suggestions (city_code, ticket_id) WHERE withdrawn_at IS NULL;
CREATE INDEX suggestions_by_support ON suggestions (city_code, supports, id) WHERE withdrawn_at IS NULL;

-- One support for each verified phone or visitor, kept by a keyed digest.
CREATE TABLE supports (
  city_code text NOT NULL,
  suggestion bigint NOT NULL,
  supporter bytea NOT NULL,
  is_verified boolean NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, suggestion, supporter)
);
CREATE INDEX tickets_suggestions ON tickets (city_code, id) WHERE kind = 'suggestion';

-- migrate:down

DROP INDEX tickets_suggestions;
DROP TABLE supports, suggestions, adoptions;
