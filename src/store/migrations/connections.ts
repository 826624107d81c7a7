/** Conversations know their last connection by its Community ID, and how long answers took. */

export const connections = `
ALTER TABLE conversations ADD COLUMN community_id TEXT;
ALTER TABLE conversations ADD COLUMN round_trip_smallest INTEGER;
ALTER TABLE conversations ADD COLUMN round_trip_last INTEGER;
`
