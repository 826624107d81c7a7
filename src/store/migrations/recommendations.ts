/** What should be mended, by device; and who takes the risk of it. */

export const recommendations = `
CREATE TABLE recommendations (
  number INTEGER PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES devices (number),
  recommendation TEXT NOT NULL,
  topic TEXT NOT NULL,
  standing TEXT NOT NULL,
  status TEXT NOT NULL,
  severity TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  resolved INTEGER,
  because TEXT,
  proofs TEXT NOT NULL,
  acceptance TEXT,
  accepted_until INTEGER
);
CREATE UNIQUE INDEX recommendations_device ON recommendations (device, recommendation, topic);
CREATE INDEX recommendations_topic ON recommendations (recommendation, topic);
CREATE INDEX recommendations_until ON recommendations (accepted_until)
  WHERE accepted_until IS NOT NULL;
`
