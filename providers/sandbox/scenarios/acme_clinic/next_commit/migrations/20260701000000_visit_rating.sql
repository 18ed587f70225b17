ALTER TABLE visits ADD COLUMN IF NOT EXISTS rating smallint;
