-- Synthetic rows: they look like protected health information and are about nobody.
-- psql -v xml_type=text|xml -v scale=0.02 -f rows.sql   (scale 1 is about 2.3 GB)

SET synchronous_commit = off;
SET client_min_messages = warning;
SELECT setseed(0.42);

SELECT greatest(50, (100000 * :scale)::int) AS users, greatest(10, (5000 * :scale)::int) AS providers,
       greatest(100, (200000 * :scale)::int) AS patients,
       greatest(300, (600000 * :scale)::int) AS appointments,
       greatest(250, (500000 * :scale)::int) AS encounters,
       greatest(2500, (5000000 * :scale)::int) AS observations \gset

-- Pools of words, sentences and bytes to draw from; dropped at the end.
CREATE TEMP TABLE word AS
SELECT array_agg(w) AS a FROM regexp_split_to_table(
    'patient reports mild severe pain left right shoulder knee since monday follow up visit in two '
    'weeks blood pressure normal elevated prescribed ibuprofen amoxicillin no known allergies denies '
    'fever cough chest x-ray ordered labs pending reviewed with family history of diabetes asthma '
    'smoker exercise diet recommended sleep anxious stable naïve São 東京', ' ') w;
CREATE TEMP TABLE sentence AS
SELECT i, (SELECT string_agg(a[1 + ((i * 7919 + k * 104729 + k * k * i) % array_length(a, 1))], ' ')
           FROM word, generate_series(1, 20 + (i * 31) % 60) k) AS t
FROM generate_series(0, 1999) i;
CREATE TEMP TABLE scan AS
SELECT i, (SELECT string_agg(decode(md5(i || '/' || k), 'hex'), '')
           FROM generate_series(1, 256 + (i * 37) % 2048) k) AS b
FROM generate_series(0, 99) i;
ALTER TABLE sentence ADD PRIMARY KEY (i);
ALTER TABLE scan ADD PRIMARY KEY (i);
ANALYZE sentence;
ANALYZE scan;

INSERT INTO ar_internal_metadata (key, value) VALUES ('environment', 'production');
INSERT INTO orgs (n, name, settings)
SELECT g, 'Clinic ' || g, jsonb_build_object('tz', 'America/New_York', 'seats', g)
FROM generate_series(1, 200) g;
CREATE TEMP TABLE org AS SELECT array_agg(id ORDER BY n) AS a FROM orgs;

INSERT INTO users (org_id, email, name, prefs, profile, role, password_digest, last_seen, active, created_at, updated_at)
SELECT (SELECT a[1 + g % 200] FROM org), 'user' || g || '@Example' || (g % 50) || '.com',
       'User ' || md5(g::text),
       hstore(ARRAY['theme', 'lang'], ARRAY[(ARRAY['dark', 'light'])[1 + g % 2], 'en']),
       jsonb_build_object('title', (ARRAY['MD', 'RN', 'NP', 'PA'])[1 + g % 4], 'bio', substr(s.t, 1, 120), 'n', g),
       g % 5, '$2a$12$' || md5(random()::text) || substr(md5(random()::text), 1, 21),
       ('10.' || g % 250 || '.' || (g / 250) % 250 || '.' || g % 99)::inet, g % 10 <> 0,
       timestamptz '2020-01-01' + random() * interval '2000 days', now()
FROM generate_series(1, :users) g JOIN sentence s ON s.i = g % 2000;
UPDATE orgs SET owner_id = 1 + (n * 7) % :users;
INSERT INTO providers (user_id, npi, specialty, rate, hours)
SELECT g, lpad(g::text, 10, '1'), (ARRAY['cardio', 'ortho', 'derm', 'gp', 'psych'])[1 + g % 5],
       50 + random() * 400, int4range(8 + g % 3, 16 + g % 4)
FROM generate_series(1, :providers) g;
INSERT INTO patients (org_id, full_name, born, sex, mrn, phones, meta, created_at)
SELECT (SELECT a[1 + (random() * 199)::int + g * 0] FROM org),
       (ARRAY['Anna', 'Bob', 'Carla', 'Dmitri', 'Ève', 'Faisal', 'Grace', 'Heidi', 'Iñigo', 'Jörg'])[1 + g % 10]
       || ' ' || initcap(substr(md5(random()::text), 1, 8)),
       date '1930-01-01' + (random() * 32000)::int, (ARRAY['m', 'f', 'x'])[1 + g % 3]::"char",
       'MRN' || lpad(g::text, 9, '0'), ARRAY['+1555' || lpad((random() * 9999999)::int::text, 7, '0')],
       jsonb_build_object('ins', (ARRAY['aetna', 'cigna', 'bcbs', 'none'])[1 + g % 4], 'risk', round(random()::numeric, 3)),
       timestamptz '2019-01-01' + random() * interval '2400 days'
FROM generate_series(1, :patients) g;
INSERT INTO addresses (patient_id, line1, city, zip, geo, "primary")
SELECT g, (random() * 9999)::int || ' ' || initcap(substr(md5(random()::text), 1, 10)) || ' St',
       (ARRAY['Boston', 'New York', 'Zürich', 'Paris', 'Austin'])[1 + g % 5],
       lpad((random() * 99999)::int::text, 5, '0'), point(random() * 90, random() * 180), true
FROM generate_series(1, :patients) g;
INSERT INTO appointments (patient_id, provider_id, status, during, reason, created_at)
SELECT 1 + g * 13 % :patients, 1 + g * 7 % :providers, (enum_range(NULL::visit_status))[1 + g % 6],
       tstzrange(x.t, x.t + interval '30 min'), substr(s.t, 1, 60), x.t - interval '10 days'
FROM generate_series(1, :appointments) g
CROSS JOIN LATERAL (SELECT timestamptz '2022-01-01' + g * interval '1 min' AS t) x
JOIN sentence s ON s.i = g % 2000;
INSERT INTO encounters (patient_id, provider_id, appointment_id, status, started_at, ended_at, vitals, summary)
SELECT 1 + g * 11 % :patients, 1 + g * 3 % :providers, g, 'finished', x.t, x.t + interval '25 min',
       ARRAY[36 + random() * 3, 60 + random() * 60, 120 + random() * 40]::real[], substr(s.t, 1, 150)
FROM generate_series(1, :encounters) g
CROSS JOIN LATERAL (SELECT timestamptz '2022-01-01' + g * interval '1 min' AS t) x
JOIN sentence s ON s.i = g * 7 % 2000;
-- A quarter of all bytes, most of them about few patients.
INSERT INTO observations (encounter_id, patient_id, code, value, value_f, unit, note, flags, recorded_at)
SELECT 1 + (g - 1) % :encounters, 1 + (power(random(), 2) * (:patients - 1))::int,
       'LOINC-' || lpad((power(random(), 3) * 3000)::int::text, 5, '0'), (random() * 1000)::numeric(14, 4),
       random() * 1e3, (ARRAY['mmol/L', 'mg/dL', 'kg', 'bpm', '%', NULL])[1 + g % 6],
       CASE WHEN g % 4 = 0 THEN 'auto ' || md5(g::text) END, (random() * 255)::int,
       timestamptz '2022-01-01' + g * interval '20 sec'
FROM generate_series(1, :observations) g;
INSERT INTO lab_results (patient_id, panel, result, collected_at, reviewed_by)
SELECT 1 + g * 17 % :patients, (ARRAY['CBC', 'BMP', 'LIPID', 'A1C', 'TSH'])[1 + g % 5],
       jsonb_build_object('panel', g % 5, 'abnormal', g % 7 = 0, 'lab', (ARRAY['quest', 'labcorp', 'inhouse'])[1 + g % 3],
                          'values', jsonb_build_array(jsonb_build_object('n', 'a', 'v', round((random() * 100)::numeric, 2)),
                                                      jsonb_build_object('n', 'b', 'v', (random() * 50)::int))),
       timestamptz '2022-01-01' + g * interval '1 min', 1 + g % :providers
FROM generate_series(1, (800000 * :scale)::int) g;
INSERT INTO documents (patient_id, filename, mime, sha, body, created_at)
SELECT 1 + g * 19 % :patients, 'scan-' || g || '.pdf', 'application/pdf', decode(md5(g::text), 'hex'),
       decode(md5(random()::text), 'hex') || scan.b, now() - random() * interval '900 days'
FROM generate_series(1, greatest(20, (8000 * :scale)::int)) g JOIN scan ON scan.i = g * 13 % 100;
INSERT INTO messages (sender_id, patient_id, body, read_at, updated_at, created_at)
SELECT 1 + g % :users, 1 + g * 23 % :patients, s.t || E'\n\tre: ' || md5(random()::text) || ' \\ ' || s2.t,
       CASE WHEN g % 3 = 0 THEN now() END, now(), now() - random() * interval '900 days'
FROM generate_series(1, (250000 * :scale)::int) g
JOIN sentence s ON s.i = g * 31 % 2000 JOIN sentence s2 ON s2.i = (g * 17 + 5) % 2000;
INSERT INTO notes (encounter_id, body, created_at)
SELECT g, s.t || ' ' || substr(md5(random()::text), 1, 12), now()
FROM generate_series(1, (100000 * :scale)::int) g JOIN sentence s ON s.i = g * 29 % 2000;
INSERT INTO audit_events (actor_id, action, target, diff, ip, created_at)
SELECT 1 + g % :users, (ARRAY['create', 'update', 'delete', 'view', 'login'])[1 + g % 5],
       (ARRAY['Patient', 'Encounter', 'Document'])[1 + g % 3] || '/' || g,
       jsonb_build_object('before', md5(random()::text), 'after', md5(random()::text)),
       ('192.168.' || g % 250 || '.' || g % 251)::inet, timestamptz '2026-01-01' + random() * interval '185 days'
FROM generate_series(1, (900000 * :scale)::int) g;
INSERT INTO billing.invoices (patient_id, total, due, state, created_at)
SELECT 1 + g % :patients, ROW ((random() * 5000)::numeric(12, 2), 'USD')::billing.money_pair,
       date '2026-01-01' + g % 300, (ARRAY['open', 'paid', 'void'])[1 + g % 3], now()
FROM generate_series(1, (150000 * :scale)::int) g;
INSERT INTO billing.invoice_lines
SELECT 1 + g / 4, 1 + g % 4, 'SKU' || g % 900, 1 + g % 3, (random() * 500)::numeric(10, 2), substr(s.t, 1, 40)
FROM generate_series(0, (150000 * :scale)::int * 4 - 1) g JOIN sentence s ON s.i = g * 3 % 2000;
INSERT INTO tags (name) SELECT 'tag-' || g FROM generate_series(1, 500) g;
INSERT INTO patient_tags
SELECT 1 + g % :patients, 1 + (g / :patients * 131 + g) % 500, now()
FROM generate_series(0, :patients * 2 - 1) g;
INSERT INTO sessions
SELECT md5(g::text) || md5((g * 3)::text), decode(md5(random()::text) || md5(random()::text), 'hex'), now()
FROM generate_series(1, (100000 * :scale)::int) g;
INSERT INTO event_log_nopk
SELECT now() - random() * interval '99 days', (ARRAY['a', 'b', 'c'])[1 + g % 3],
       json_build_object('x', random(), 'y', md5(random()::text)), random() * 1e6
FROM generate_series(1, (300000 * :scale)::int) g;
INSERT INTO "Mixed Case Orders" ("Total $", "note ""q""", bits, t, iv, x)
SELECT CASE WHEN g % 1000 = 0 THEN 'NaN'::numeric ELSE random() * 1000 END,
       CASE g % 4 WHEN 1 THEN '' WHEN 2 THEN E'\\N' WHEN 3 THEN E'tab\there\\nnew\nline' END,
       (g % 256)::int::bit(8), time '00:00' + random() * interval '23 hours', random() * interval '40 days',
       CAST(format('<o>%s</o>', g) AS :xml_type)
FROM generate_series(1, greatest(1000, (50000 * :scale)::int)) g;
INSERT INTO cache_entries
SELECT md5(g::text), jsonb_build_object('v', g) FROM generate_series(1, (50000 * :scale)::int) g;
INSERT INTO attachments_lo (name, content)
SELECT 'large object ' || i, lo_from_bytea(0, b || b || b) FROM scan WHERE i < greatest(3, (200 * :scale)::int);
INSERT INTO room_bookings
SELECT g % 20, tstzrange(start.t, start.t + interval '1 hour'), 'booking ' || g
FROM generate_series(0, greatest(200, (20000 * :scale)::int)) g
CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + g / 20 * interval '1 hour' AS t) start;
SELECT nextval('global_ref_seq') FROM generate_series(1, 123);
