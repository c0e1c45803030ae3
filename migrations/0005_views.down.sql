DROP VIEW following_counts;
DROP VIEW recent_posts_with_score;
DROP VIEW recent_posts;
DROP VIEW actors;
DROP DICTIONARY hidden_recent;
DROP DICTIONARY hidden;
DROP VIEW hidden_actors_recent;
DROP TABLE hidden_folds;
