DROP VIEW IF EXISTS viewer_wishes_from_interactions;
DROP TABLE IF EXISTS viewer_wishes;
ALTER TABLE feed_request_analytics DROP COLUMN IF EXISTS items, DROP COLUMN IF EXISTS variant, DROP COLUMN IF EXISTS build_id;
