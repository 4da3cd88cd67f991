-- migrate:up

-- 机器人的对话记录: the tables of the chatbot beside the hub, which makes them itself, under a roof of their own.
CREATE SCHEMA chatbot;

-- migrate:down

DROP SCHEMA chatbot CASCADE;
