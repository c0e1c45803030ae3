ALTER TABLE posts COMMENT COLUMN tokens '';
ALTER TABLE posts COMMENT COLUMN embed 'none, images, video, external, record or other';
