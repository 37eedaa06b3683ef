-- Lists of lower numbers were made by a clock that was wrong, or lie before those: nothing leads from them to later ones.
ALTER TABLE authorities ADD COLUMN first_delta_base INTEGER NOT NULL DEFAULT 0;
