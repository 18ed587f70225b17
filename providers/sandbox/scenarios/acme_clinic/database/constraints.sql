-- Indexes, constraints, triggers, views: every kind a mover has to bring over.

SET client_min_messages = warning;

ALTER TABLE users ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE INDEX users_org ON users (org_id);
CREATE INDEX users_active ON users (created_at) WHERE active;
ALTER TABLE patients ADD PRIMARY KEY (id), ADD UNIQUE (uid);
CREATE INDEX patients_name_trgm ON patients USING gin (full_name gin_trgm_ops);
CREATE INDEX patients_org_name ON patients (org_id, lower(full_name));
CREATE UNIQUE INDEX patients_mrn ON patients (mrn);
ALTER TABLE addresses ADD PRIMARY KEY (id);
CREATE INDEX ON addresses (patient_id);
ALTER TABLE appointments ADD PRIMARY KEY (id);
CREATE INDEX ON appointments (patient_id);
CREATE INDEX ON appointments (provider_id, status);
CREATE INDEX appointments_during ON appointments USING gist (during);
ALTER TABLE encounters ADD PRIMARY KEY (id);
CREATE INDEX ON encounters (patient_id, started_at DESC);
CREATE INDEX ON encounters (appointment_id);
ALTER TABLE observations ADD PRIMARY KEY (id);
CREATE INDEX observations_patient ON observations (patient_id, recorded_at);
CREATE INDEX observations_code ON observations (code);
CREATE INDEX observations_encounter ON observations (encounter_id);
ALTER TABLE lab_results ADD PRIMARY KEY (id);
CREATE INDEX lab_results_gin ON lab_results USING gin (result jsonb_path_ops);
CREATE INDEX ON lab_results (patient_id, collected_at);
ALTER TABLE documents ADD PRIMARY KEY (id);
CREATE INDEX ON documents (patient_id);
ALTER TABLE messages ADD PRIMARY KEY (id);
CREATE INDEX ON messages (patient_id);
CREATE INDEX ON messages (sender_id, created_at);
ALTER TABLE notes ADD PRIMARY KEY (id);
CREATE INDEX notes_tsv ON notes USING gin (tsv);
ALTER TABLE audit_events ADD PRIMARY KEY (id, created_at);
CREATE INDEX audit_actor ON audit_events (actor_id);
CREATE INDEX audit_brin ON audit_events USING brin (created_at);
ALTER TABLE billing.invoices ADD PRIMARY KEY (id);
CREATE INDEX ON billing.invoices (patient_id);
ALTER TABLE billing.invoice_lines ADD PRIMARY KEY (invoice_id, line_no);
ALTER TABLE patient_tags ADD PRIMARY KEY (patient_id, tag_id);
CREATE INDEX ON patient_tags (tag_id);
ALTER TABLE sessions ADD PRIMARY KEY (sid);
CREATE INDEX ON sessions USING hash (expires);
CREATE INDEX ON event_log_nopk (at);
CREATE UNIQUE INDEX room_bookings_cover ON room_bookings (room, during) INCLUDE (note);

ALTER TABLE users ADD FOREIGN KEY (org_id) REFERENCES orgs;
ALTER TABLE orgs ADD FOREIGN KEY (owner_id) REFERENCES users DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE providers ADD FOREIGN KEY (user_id) REFERENCES users;
ALTER TABLE patients ADD FOREIGN KEY (org_id) REFERENCES orgs;
ALTER TABLE addresses ADD FOREIGN KEY (patient_id) REFERENCES patients ON DELETE CASCADE;
ALTER TABLE appointments ADD FOREIGN KEY (patient_id) REFERENCES patients, ADD FOREIGN KEY (provider_id) REFERENCES providers;
ALTER TABLE encounters ADD FOREIGN KEY (patient_id) REFERENCES patients, ADD FOREIGN KEY (appointment_id) REFERENCES appointments;
ALTER TABLE observations ADD FOREIGN KEY (encounter_id) REFERENCES encounters, ADD FOREIGN KEY (patient_id) REFERENCES patients;
ALTER TABLE observations ADD CONSTRAINT flags_nonneg CHECK (flags >= 0) NOT VALID;
ALTER TABLE lab_results ADD FOREIGN KEY (patient_id) REFERENCES patients;
ALTER TABLE documents ADD FOREIGN KEY (patient_id) REFERENCES patients;
ALTER TABLE messages ADD FOREIGN KEY (patient_id) REFERENCES patients, ADD FOREIGN KEY (sender_id) REFERENCES users;
ALTER TABLE notes ADD FOREIGN KEY (encounter_id) REFERENCES encounters;
ALTER TABLE audit_events ADD FOREIGN KEY (actor_id) REFERENCES users;
ALTER TABLE billing.invoices ADD FOREIGN KEY (patient_id) REFERENCES patients;
ALTER TABLE billing.invoice_lines ADD FOREIGN KEY (invoice_id) REFERENCES billing.invoices;
ALTER TABLE patient_tags ADD FOREIGN KEY (patient_id) REFERENCES patients, ADD FOREIGN KEY (tag_id) REFERENCES tags;

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER messages_touch BEFORE INSERT OR UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();

CREATE VIEW active_users AS SELECT id, email, name FROM users WHERE active;
CREATE MATERIALIZED VIEW patient_stats AS
SELECT patient_id, count(*) AS n, avg(value) AS average, max(recorded_at) AS last FROM observations GROUP BY 1;
CREATE UNIQUE INDEX patient_stats_pk ON patient_stats (patient_id);
CREATE STATISTICS observations_dependencies (dependencies) ON code, unit FROM observations;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_all ON notes USING (true);
COMMENT ON TABLE observations IS 'the largest table; most rows are about few patients';
ALTER TABLE messages SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE documents ALTER body SET STORAGE EXTERNAL;
ANALYZE;
