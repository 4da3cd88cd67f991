-- migrate:up

-- What the chatbot did not understand surely, or had no answer to: for a person to look at.
CREATE INDEX conversation_turns_unsure ON conversation_turns (city_code, at, conversation, seq)
  WHERE by = 'citizen' AND (is_unanswered OR confidence < 0.7);

-- What a person made of it: an example to train on, with its intent, or nothing. `text` holds no personal data.
CREATE TABLE utterance_reviews (
  city_code text NOT NULL,
  conversation bigint NOT NULL,
  seq integer NOT NULL,
  decision text NOT NULL CHECK (decision IN ('taught', 'dismissed')),
  intent text,
  text text NOT NULL,
  reviewed_by text NOT NULL,
  reviewed_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, conversation, seq),
  CHECK ((intent IS NOT NULL) = (decision = 'taught'))
);
CREATE INDEX utterance_reviews_taught ON utterance_reviews (city_code, reviewed_at, conversation, seq) WHERE decision = 'taught';

-- migrate:down

DROP TABLE utterance_reviews;
DROP INDEX conversation_turns_unsure;
