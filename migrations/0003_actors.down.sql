DROP VIEW hidden_actors;
DROP TABLE actor_status;
DROP TABLE actor_handles;
