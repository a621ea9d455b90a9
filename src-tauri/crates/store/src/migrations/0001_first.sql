-- What the person set up.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE source (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, config TEXT NOT NULL, created_s INTEGER NOT NULL,
  ok_at_s INTEGER, error TEXT, requests INTEGER, poll_ms INTEGER, bytes INTEGER
) STRICT;

CREATE TABLE slo (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, source TEXT NOT NULL, definition TEXT NOT NULL, created_s INTEGER NOT NULL
) STRICT;
CREATE INDEX slo_source ON slo (source);
-- Folders of documents that are the source of truth, and where each of their SLOs stands.
CREATE TABLE folder (
  id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, source TEXT NOT NULL, environment TEXT NOT NULL,
  mark TEXT, read_s INTEGER, error TEXT, remarks TEXT NOT NULL
) STRICT;
CREATE TABLE slo_file (
  slo TEXT PRIMARY KEY REFERENCES slo (id) ON DELETE CASCADE, folder TEXT NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  file TEXT NOT NULL, line INTEGER, gone_s INTEGER
) STRICT;
CREATE INDEX slo_file_folder ON slo_file (folder);
-- Definitions as they were, from each change on.
CREATE TABLE slo_revision (
  id INTEGER PRIMARY KEY, slo TEXT NOT NULL REFERENCES slo (id) ON DELETE CASCADE, at_s INTEGER NOT NULL,
  author TEXT NOT NULL, note TEXT NOT NULL, definition TEXT NOT NULL
) STRICT;
CREATE INDEX slo_revision_slo ON slo_revision (slo, id);

CREATE TABLE policy (id TEXT PRIMARY KEY, definition TEXT NOT NULL, position INTEGER NOT NULL) STRICT;

-- Mechanism 1, the slice series. One series per SLO and layout of columns.
CREATE TABLE series (
  id INTEGER PRIMARY KEY, slo TEXT NOT NULL UNIQUE REFERENCES slo (id) ON DELETE CASCADE,
  layout TEXT NOT NULL, columns INTEGER NOT NULL,
  read_to INTEGER NOT NULL, born INTEGER, newest INTEGER, raw_series INTEGER, estimated INTEGER NOT NULL DEFAULT 0,
  remark TEXT
) STRICT;
-- Minutes still to be read back, newest first.
CREATE TABLE gap (
  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, from_m INTEGER NOT NULL, to_m INTEGER NOT NULL,
  PRIMARY KEY (series, from_m)
) STRICT, WITHOUT ROWID;
-- Young minutes, one by one; an absent row is an unobserved minute. Minute before series: a poll writes the newest minute of every
-- series, and so touches a handful of pages instead of one a series.
CREATE TABLE slice (
  minute INTEGER NOT NULL, series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, figures BLOB NOT NULL,
  PRIMARY KEY (minute, series)
) STRICT, WITHOUT ROWID;
-- Sealed buckets: sums apart from the bytes, so that a window never reads what it does not need.
CREATE TABLE chunk (
  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, bucket INTEGER NOT NULL,
  observed INTEGER NOT NULL, sums BLOB NOT NULL, data INTEGER NOT NULL,
  PRIMARY KEY (series, bucket)
) STRICT, WITHOUT ROWID;
CREATE TABLE chunk_data (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE carry (
  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, from_m INTEGER NOT NULL, to_m INTEGER NOT NULL,
  figures BLOB NOT NULL, PRIMARY KEY (series, from_m, to_m)
) STRICT, WITHOUT ROWID;

-- Minutes that do not count, with who and why; taking one back leaves it here.
CREATE TABLE exclusion (id TEXT PRIMARY KEY, definition TEXT NOT NULL, from_m INTEGER NOT NULL) STRICT;

-- Mechanism 2, turns.
CREATE TABLE state (slo TEXT PRIMARY KEY REFERENCES slo (id) ON DELETE CASCADE, state TEXT NOT NULL) STRICT;
-- The row of the list as last written, for a first paint without arithmetic. A running engine holds rows in memory and writes one
-- when its state turned, and now and then: it may be some minutes old.
CREATE TABLE view (slo TEXT PRIMARY KEY REFERENCES slo (id) ON DELETE CASCADE, row TEXT NOT NULL) STRICT;
CREATE TABLE turn (
  id INTEGER PRIMARY KEY, slo TEXT NOT NULL REFERENCES slo (id) ON DELETE CASCADE, at_m INTEGER NOT NULL,
  kind TEXT NOT NULL, turn TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL
) STRICT;
CREATE INDEX turn_slo ON turn (slo, id);
CREATE TABLE announcement (
  id TEXT PRIMARY KEY, journey_key TEXT NOT NULL, slo TEXT, at_s INTEGER NOT NULL, urgency TEXT NOT NULL,
  title TEXT NOT NULL, body TEXT NOT NULL, pages INTEGER NOT NULL, worsens INTEGER NOT NULL,
  delivery TEXT NOT NULL, why TEXT NOT NULL, shown_at_s INTEGER, raises INTEGER NOT NULL DEFAULT 0,
  acknowledged_at_s INTEGER, unread INTEGER NOT NULL DEFAULT 1, toast TEXT,
  turns INTEGER NOT NULL DEFAULT 0, alerts INTEGER NOT NULL DEFAULT 0, amended_at_s INTEGER,
  -- The severity of an incident that a policy proposes, and the one that was opened for it.
  proposal TEXT, incident TEXT
) STRICT;
CREATE INDEX announcement_delivery ON announcement (delivery, at_s);
CREATE INDEX announcement_at ON announcement (at_s);
CREATE INDEX announcement_journey ON announcement (journey_key, at_s);
CREATE TABLE attention (journey_key TEXT PRIMARY KEY, acknowledged_at_s INTEGER, snoozed_until_s INTEGER) STRICT, WITHOUT ROWID;
-- A policy's trigger that holds for an SLO, until it was seen to end.
CREATE TABLE policy_hold (
  slo TEXT NOT NULL REFERENCES slo (id) ON DELETE CASCADE, policy TEXT NOT NULL REFERENCES policy (id) ON DELETE CASCADE,
  since_m INTEGER NOT NULL, ordered INTEGER NOT NULL, PRIMARY KEY (slo, policy)
) STRICT, WITHOUT ROWID;
-- Firing alerts as last told, with the place they were folded under; what resolved leaves.
CREATE TABLE alert (
  source TEXT NOT NULL, fingerprint TEXT NOT NULL, rank INTEGER NOT NULL, since_s INTEGER NOT NULL,
  journey_key TEXT, slo TEXT, rule TEXT, told TEXT NOT NULL,
  PRIMARY KEY (source, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_place ON alert (journey_key, slo);
-- How many there are at each place, each label set once; both empty: folded nowhere.
CREATE TABLE alert_count (
  journey_key TEXT NOT NULL, slo TEXT NOT NULL, firing INTEGER NOT NULL, silenced INTEGER NOT NULL, inhibited INTEGER NOT NULL,
  PRIMARY KEY (journey_key, slo)
) STRICT, WITHOUT ROWID;
-- How reading a source's alerts went last.
CREATE TABLE alert_read (
  source TEXT PRIMARY KEY, ok_at_s INTEGER, faults INTEGER NOT NULL, error TEXT, told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What the person said about services beyond what definitions say.
CREATE TABLE service (name TEXT PRIMARY KEY, title TEXT NOT NULL, third_party INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE dependency (service TEXT NOT NULL, needs TEXT NOT NULL, PRIMARY KEY (service, needs)) STRICT, WITHOUT ROWID;
-- An order of a policy, carried out once per fire.
CREATE TABLE policy_order (key TEXT PRIMARY KEY, incident TEXT, at_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Mechanism 3, entries.
CREATE TABLE entry (
  id TEXT PRIMARY KEY, incident TEXT NOT NULL, at TEXT NOT NULL, wall_ms INTEGER NOT NULL, counter INTEGER NOT NULL, replica TEXT NOT NULL,
  author TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, payload TEXT NOT NULL, corrects TEXT
) STRICT;
CREATE INDEX entry_incident ON entry (incident, wall_ms, counter);
CREATE INDEX entry_kind ON entry (incident, kind);
CREATE INDEX entry_clock ON entry (wall_ms, counter);
CREATE INDEX entry_of_kind ON entry (kind, wall_ms, counter);
-- What was known when an incident was declared, by the SHA-256 of its bytes.
CREATE TABLE evidence (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
-- Work that comes out of incidents, or stands alone; entries refer to it.
CREATE TABLE followup (
  id TEXT PRIMARY KEY, incident TEXT, definition TEXT NOT NULL, created_s INTEGER NOT NULL, updated_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX followup_incident ON followup (incident);
-- What was measured of them: the last look, and each one at which the verdict was another.
CREATE TABLE proof (
  followup TEXT NOT NULL REFERENCES followup (id) ON DELETE CASCADE, environment TEXT NOT NULL, at_s INTEGER NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (followup, environment, at_s)
) STRICT;

-- Pictures of timelines, by the hash of their bytes.
CREATE TABLE attachment (hash TEXT PRIMARY KEY, mime TEXT NOT NULL, created_s INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
-- Hours of work that were not shared.
CREATE TABLE effort (id TEXT PRIMARY KEY, incident TEXT NOT NULL, definition TEXT NOT NULL, running INTEGER NOT NULL) STRICT;
CREATE INDEX effort_incident ON effort (incident);

-- Calendars of shifts, each with the last copy that could be read.
CREATE TABLE calendar (
  name TEXT PRIMARY KEY, definition TEXT NOT NULL, created_s INTEGER NOT NULL,
  bytes BLOB, mark TEXT NOT NULL, read_s INTEGER, tried_s INTEGER, error TEXT
) STRICT;

-- Spans in which this machine did not watch.
CREATE TABLE away (from_s INTEGER PRIMARY KEY, to_s INTEGER NOT NULL) STRICT;

-- Mechanism 4, the outbox. Where acts go, and the acts, oldest first by `position`.
CREATE TABLE destination (name TEXT PRIMARY KEY, definition TEXT NOT NULL, created_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE act (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, destination TEXT NOT NULL, object TEXT NOT NULL, kind TEXT NOT NULL,
  payload TEXT NOT NULL, replica TEXT NOT NULL, created_s INTEGER NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, probes INTEGER NOT NULL, sent_s INTEGER, due_s INTEGER, reason TEXT, receipt TEXT
) STRICT;
CREATE INDEX act_open ON act (state, position);
CREATE INDEX act_object ON act (object, position);

-- Shared documents: the updates of each incident's, as they came and never changed but by joining those of one author and one
-- sitting. `sum` is the CRC-32 of `bytes`.
CREATE TABLE case_update (
  id INTEGER PRIMARY KEY, incident TEXT NOT NULL, from_s INTEGER NOT NULL, at_s INTEGER NOT NULL,
  author TEXT NOT NULL, origin TEXT NOT NULL, bytes BLOB NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX case_update_incident ON case_update (incident, id);
-- Where they are shared, and how that stood last, as the engine that runs wrote it.
CREATE TABLE relay (name TEXT PRIMARY KEY, definition TEXT NOT NULL, standing TEXT NOT NULL, created_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- What was found out about a tracker and chosen for it; where it is stands among the destinations, under the same name.
CREATE TABLE tracker (name TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- The ticket of a follow-up: what both sides agreed on, what was last seen there, what is torn.
CREATE TABLE ticket (followup TEXT PRIMARY KEY, tracker TEXT NOT NULL, definition TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_tracker ON ticket (tracker);


-- Everything that was ever written down, as the search finds it. Triggers keep it, so that no way of writing can forget to. Only a
-- postmortem is no row: its words are put here from its log, and `head` is the update of the log that they were read at.
CREATE TABLE document (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, ref TEXT NOT NULL, incident TEXT, at_s INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  head INTEGER, UNIQUE (kind, ref)
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
  title, body, content = 'document', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TRIGGER document_added AFTER INSERT ON document BEGIN
  INSERT INTO search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER document_removed AFTER DELETE ON document BEGIN
  INSERT INTO search (search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE TRIGGER document_changed AFTER UPDATE OF title, body ON document BEGIN
  INSERT INTO search (search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
  INSERT INTO search (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER entry_found AFTER INSERT ON entry BEGIN
  INSERT INTO document (kind, ref, incident, at_s, title, body)
    SELECT 'incident', new.incident, new.incident, new.wall_ms / 1000, substr(coalesce(new.payload ->> '$.title', ''), 1, 300),
           coalesce((SELECT group_concat(value ->> '$.name', ' ') FROM json_each(new.payload, '$.slos')), '')
    WHERE new.kind = 'declared'
    ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, body = excluded.body;
  INSERT INTO document (kind, ref, incident, at_s, title, body)
    SELECT 'entry', new.id, new.incident, new.wall_ms / 1000, '', said FROM (
      SELECT substr(trim(coalesce(new.payload ->> '$.title', '') || ' ' || coalesce(new.payload ->> '$.text', '') || ' ' ||
        coalesce(new.payload ->> '$.outcome', '') || ' ' || coalesce(new.payload ->> '$.reason', '')), 1, 20000) AS said)
    WHERE said <> '' AND new.kind <> 'declared'
    ON CONFLICT (kind, ref) DO NOTHING;
END;
CREATE TRIGGER followup_found AFTER INSERT ON followup BEGIN
  INSERT INTO document (kind, ref, incident, at_s, title, body)
    VALUES ('followup', new.id, new.incident, new.created_s, new.definition ->> '$.title', substr(
      coalesce(new.definition ->> '$.text', '') || ' ' || coalesce(new.definition ->> '$.owner', '') || ' ' ||
      coalesce((SELECT group_concat(value, ' ') FROM json_each(new.definition, '$.labels')), ''), 1, 40000))
    ON CONFLICT (kind, ref) DO NOTHING;
END;
CREATE TRIGGER followup_found_anew AFTER UPDATE ON followup BEGIN
  UPDATE document SET incident = new.incident, title = new.definition ->> '$.title', body = substr(
      coalesce(new.definition ->> '$.text', '') || ' ' || coalesce(new.definition ->> '$.owner', '') || ' ' ||
      coalesce((SELECT group_concat(value, ' ') FROM json_each(new.definition, '$.labels')), ''), 1, 40000)
    WHERE kind = 'followup' AND ref = new.id;
END;
CREATE TRIGGER slo_found AFTER INSERT ON slo BEGIN
  INSERT INTO document (kind, ref, incident, at_s, title, body)
    VALUES ('slo', new.id, NULL, new.created_s, new.definition ->> '$.title',
      new.name || ' ' || coalesce(new.definition ->> '$.journey', '') || ' ' || coalesce(new.definition ->> '$.service', '') || ' ' ||
      coalesce(new.definition ->> '$.environment', '') || ' ' || substr(coalesce(new.definition ->> '$.description', ''), 1, 20000))
    ON CONFLICT (kind, ref) DO NOTHING;
END;
CREATE TRIGGER slo_found_anew AFTER UPDATE OF definition, name ON slo BEGIN
  UPDATE document SET title = new.definition ->> '$.title', body =
      new.name || ' ' || coalesce(new.definition ->> '$.journey', '') || ' ' || coalesce(new.definition ->> '$.service', '') || ' ' ||
      coalesce(new.definition ->> '$.environment', '') || ' ' || substr(coalesce(new.definition ->> '$.description', ''), 1, 20000)
    WHERE kind = 'slo' AND ref = new.id;
END;
CREATE TRIGGER slo_found_no_more AFTER DELETE ON slo BEGIN
  DELETE FROM document WHERE kind = 'slo' AND ref = old.id;
END;
