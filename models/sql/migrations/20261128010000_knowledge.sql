-- migrate:up

-- Every version of every entry (知识库). One version of an entry is published at most, and one waits for approval at most.
CREATE TABLE knowledge (
  city_code text NOT NULL,
  code text NOT NULL,
  version integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published', 'rejected', 'replaced', 'withdrawn')),
  kind text NOT NULL,
  title text NOT NULL,
  category text NOT NULL,
  owner text NOT NULL,
  keywords text[] NOT NULL,
  body text NOT NULL,
  guide json,
  basis text[] NOT NULL,
  valid_from date NOT NULL,
  valid_until date,
  confirm_by date NOT NULL,
  author text NOT NULL,
  written_at timestamptz NOT NULL,
  from_ticket bigint,
  decided_by text,
  decided_at timestamptz,
  reason text,
  PRIMARY KEY (city_code, code, version)
);
CREATE UNIQUE INDEX knowledge_published ON knowledge (city_code, code) WHERE state = 'published';
CREATE UNIQUE INDEX knowledge_drafts ON knowledge (city_code, code) WHERE state = 'draft';

CREATE SEQUENCE knowledge_numbers;

-- Counts what changes what is served, so that an index knows when it is old.
CREATE TABLE knowledge_revisions (city_code text PRIMARY KEY, revision bigint NOT NULL);

-- What somebody must do about the knowledge base: mend an entry, confirm it, write what is missing.
CREATE TABLE knowledge_tasks (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('correction', 'confirmation', 'gap')),
  code text,
  version integer,
  words text NOT NULL,
  owner text,
  asked integer NOT NULL DEFAULT 1,
  opened_by text NOT NULL,
  opened_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  closed_by text,
  closed_at timestamptz,
  outcome text,
  PRIMARY KEY (city_code, id)
);
CREATE UNIQUE INDEX knowledge_tasks_gap ON knowledge_tasks (city_code, words) WHERE kind = 'gap' AND closed_at IS NULL;
CREATE UNIQUE INDEX knowledge_tasks_confirmation ON knowledge_tasks (city_code, code)
  WHERE kind = 'confirmation' AND closed_at IS NULL;
CREATE INDEX knowledge_tasks_open ON knowledge_tasks (city_code, due_at, id) WHERE closed_at IS NULL;

-- migrate:down

DROP TABLE knowledge_tasks;
DROP TABLE knowledge_revisions;
DROP SEQUENCE knowledge_numbers;
DROP TABLE knowledge;
