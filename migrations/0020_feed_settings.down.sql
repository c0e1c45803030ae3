DROP TABLE IF EXISTS feed_settings;
