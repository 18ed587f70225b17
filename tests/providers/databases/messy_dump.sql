--
-- PostgreSQL database dump
--

\restrict abcDEF123

-- Dumped from database version 18.1
-- Dumped by pg_dump version 18.1

SET statement_timeout = 0;
SET no_such_setting = on;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
BEGIN;
CREATE VIEW public.early AS SELECT id FROM public.people;
CREATE SCHEMA public;
CREATE SCHEMA _heroku;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA heroku_ext;
COMMENT ON EXTENSION citext IS 'the old server''s';
CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;
CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION _heroku.f();
CREATE PUBLICATION pub FOR ALL TABLES;
CREATE ROLE reporting;
CREATE TABLE public.people (id integer NOT NULL, name text, mail heroku_ext.citext,
    ssn text CHECK (ssn <> 'canary-check'));
ALTER TABLE public.people OWNER TO oldowner;
CREATE TABLE public.places (id integer, at public.geometry);
CREATE TABLE public.bad (id integer PRIMARY KEY, note text);
ALTER TABLE ONLY public.bad ALTER COLUMN note SET (option_of_another_build=1);
COPY public.late (id, people_id) FROM stdin;
1	1
2	2
\.
CREATE TABLE public.late (id integer, people_id integer);
COPY public.people (id, name, mail) FROM stdin;
1	a canary-row-1	A@x
2	b; canary-row-2	B@x
\.
COPY public.places (id, at) FROM stdin;
1	canary-geometry
\.
COPY public.bad (id, note) FROM stdin;
1	ok
canary-no-number	x
\.
INSERT INTO public.people VALUES (3, 'it''s; canary', NULL, 'canary-check');
INSERT INTO public.people VALUES (4, 'fine', NULL, 'x');
INSERT INTO public.people VALUES (5, canary_column);
ALTER TABLE public.people ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_reporting ON public.people TO reporting_of_old USING (true);
GRANT SELECT ON public.people TO reporting;
CREATE FUNCTION public.two(a integer) RETURNS integer LANGUAGE sql
    BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT 3; END;
DROP TABLE public.gone_too;
COMMIT;
\connect other
\! rm canary

--
-- PostgreSQL database dump complete
--

\unrestrict abcDEF123
