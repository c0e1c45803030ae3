DROP TABLE profiles;
DROP TABLE blocks;
DROP TABLE follows;
DROP TABLE reposts;
DROP TABLE likes;
DROP TABLE posts;
