-- What rows hold of posts since captions, accents, galleries and languages by prefix are read. Only comments change: rows from before are read
-- again by `pnpm admin reindex`.
ALTER TABLE posts COMMENT COLUMN embed 'none, images, gallery, video, external, record, or other for what is attached and not understood';
ALTER TABLE posts COMMENT COLUMN tokens 'words of the text, | and those of each caption, ^ and the word without accents, then marks: #tag, @did, =lang, +media, ~character';
