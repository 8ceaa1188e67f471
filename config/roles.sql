-- The two roles and the database, made once by the database's administrator (docker-compose.yml does it by itself).
-- `manage.py migrate` grants the application its rights table by table: see config/grants.py.
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE hub_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE hub_app LOGIN PASSWORD :'app_password';
CREATE DATABASE hub OWNER hub_owner;
\connect hub
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
