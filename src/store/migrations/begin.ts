/** The first form of the database. It is never edited: what changes is another migration. */

export const begin = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE words (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

-- What is filtered and sorted by: narrow, so that looking at all of them is quick.
CREATE TABLE devices (
  number INTEGER PRIMARY KEY,
  merged_into INTEGER REFERENCES devices (number),
  last_seen INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  packets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  risk INTEGER NOT NULL,
  new INTEGER NOT NULL,
  authorized INTEGER NOT NULL,
  randomized_mac INTEGER NOT NULL,
  routed INTEGER NOT NULL,
  ip INTEGER NOT NULL,
  status TEXT NOT NULL,
  category TEXT NOT NULL,
  kind TEXT NOT NULL,
  importance TEXT NOT NULL,
  vendor TEXT NOT NULL,
  model TEXT NOT NULL,
  os TEXT NOT NULL,
  name TEXT NOT NULL,
  site TEXT NOT NULL,
  zone TEXT NOT NULL,
  mac TEXT NOT NULL,
  vlans TEXT NOT NULL,
  tags TEXT NOT NULL,
  roles TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE
);
CREATE INDEX devices_merged ON devices (merged_into) WHERE merged_into IS NOT NULL;
-- The orders people look at most, for all devices and for a tab of them; any other order looks at all.
CREATE INDEX devices_last ON devices (last_seen);
CREATE INDEX devices_risk ON devices (risk);
CREATE INDEX devices_name ON devices (name COLLATE NOCASE);
CREATE INDEX devices_category_last ON devices (category COLLATE NOCASE, last_seen);
CREATE INDEX devices_category_risk ON devices (category COLLATE NOCASE, risk);
CREATE INDEX devices_category_name ON devices (category COLLATE NOCASE, name COLLATE NOCASE);

CREATE TABLE documents (
  device INTEGER PRIMARY KEY REFERENCES devices (number) ON DELETE CASCADE,
  document TEXT NOT NULL,
  edits TEXT NOT NULL
);
CREATE TABLE searches (
  device INTEGER PRIMARY KEY REFERENCES devices (number) ON DELETE CASCADE,
  text TEXT NOT NULL,
  -- The text that the index still has, '' if it has none; null where it has this one.
  stale TEXT
);
CREATE INDEX searches_stale ON searches (device) WHERE stale IS NOT NULL;
-- Which texts have three letters: it finds candidates, the text itself decides.
CREATE VIRTUAL TABLE grams USING fts5 (
  text, content = 'searches', content_rowid = 'device', tokenize = 'trigram', detail = none,
  columnsize = 0
);
INSERT INTO grams (grams, rank) VALUES ('secure-delete', 1);

CREATE TABLE facts (
  device INTEGER NOT NULL REFERENCES devices (number),
  fact INTEGER NOT NULL,
  value TEXT NOT NULL,
  subject BLOB NOT NULL,
  protocol INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (device, fact, value, subject)
) WITHOUT ROWID;

CREATE TABLE keys (
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  device INTEGER NOT NULL REFERENCES devices (number),
  proof INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (kind, value)
) WITHOUT ROWID;
CREATE INDEX keys_device ON keys (device);

CREATE TABLE holdings (
  device INTEGER NOT NULL REFERENCES devices (number),
  address TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  proof INTEGER NOT NULL,
  PRIMARY KEY (device, address, began)
) WITHOUT ROWID;
CREATE INDEX holdings_address ON holdings (address, began);

CREATE TABLE history (
  number INTEGER PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES devices (number),
  at INTEGER NOT NULL,
  field INTEGER NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  because TEXT NOT NULL
);
CREATE INDEX history_device ON history (device, at);
CREATE INDEX history_at ON history (at);

CREATE TABLE merges (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  into_id TEXT NOT NULL,
  from_id TEXT NOT NULL,
  by TEXT NOT NULL,
  why TEXT NOT NULL,
  score REAL NOT NULL
);
CREATE INDEX merges_into ON merges (into_id);
CREATE INDEX merges_from ON merges (from_id);

-- An end is a device by its number, or 0 and the address or id as it was told.
CREATE TABLE conversations (
  number INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  target INTEGER NOT NULL,
  source_name TEXT NOT NULL,
  target_name TEXT NOT NULL,
  transport INTEGER NOT NULL,
  port INTEGER NOT NULL,
  protocol INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  name TEXT NOT NULL,
  packets INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  bytes_in INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
);
CREATE UNIQUE INDEX conversations_ends ON conversations
  (source, target, port, protocol, transport, name, source_name, target_name);
CREATE INDEX conversations_target ON conversations (target) WHERE target > 0;
CREATE INDEX conversations_last ON conversations (last_seen);

-- What destinations have not fetched. Without a document it is the newest state of what it is about,
-- and each thing waits once, at the place of its latest change.
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  about INTEGER NOT NULL,
  since INTEGER NOT NULL,
  document TEXT
);
CREATE UNIQUE INDEX changes_waiting ON changes (kind, about) WHERE document IS NULL;
CREATE INDEX changes_about ON changes (about) WHERE document IS NOT NULL;
CREATE TABLE cursors (
  destination TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE learning (
  segment TEXT PRIMARY KEY,
  begun INTEGER NOT NULL,
  ended INTEGER
) WITHOUT ROWID;

-- Which device a key meant before that was forgotten: hashes, so that it says nothing of it.
CREATE TABLE remembered (
  key BLOB PRIMARY KEY,
  id TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE endpoints (
  number INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  generation INTEGER NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX endpoints_source ON endpoints (source, generation);

CREATE TABLE users (
  name TEXT PRIMARY KEY,
  password TEXT NOT NULL,
  role TEXT NOT NULL,
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  last_login INTEGER,
  disabled INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  permissions TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  last_used INTEGER
) WITHOUT ROWID;
CREATE INDEX tokens_user ON tokens (user);
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  csrf TEXT NOT NULL,
  address TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  last_used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user);
CREATE TABLE audit_log (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  about TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
`
