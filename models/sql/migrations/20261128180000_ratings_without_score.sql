-- migrate:up

-- Who only says whether it is solved gave no score, and none is made up.
ALTER TABLE ratings ALTER COLUMN score DROP NOT NULL;

-- migrate:down

UPDATE ratings SET score = CASE WHEN solved AND satisfied THEN 5 ELSE 1 END WHERE score IS NULL;
ALTER TABLE ratings ALTER COLUMN score SET NOT NULL;
