DROP TABLE feed_interactions;
DROP TABLE feed_request_analytics;
DROP TABLE api_key_uses;
DROP TABLE api_keys;
DROP VIEW actor_label_changes_from_labels;
DROP TABLE actor_label_changes;
DROP TABLE actor_labels;
