# One image for web, worker and beat. Nothing in it differs between deployments: that comes from the environment.
FROM node:22-slim AS assets
WORKDIR /hub
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=peer
COPY static static
COPY partnership/passwords.mjs partnership/passwords.mjs
RUN npm run build

FROM python:3.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 hub \
    && install -d -o hub /files /var/hub
WORKDIR /hub
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
COPY --from=assets /hub/static/built static/built
COPY --from=assets /hub/partnership/built partnership/built
# Collecting reads no database; the values only have to be there.
RUN env DATABASE_URL=postgres://db/hub MIGRATE_URL=postgres://db/hub REDIS_URL=redis://redis EMAIL_URL=dummymail:// \
    SECRET_KEY=collectstatic PUBLIC_URL=https://hub.partnership.example FILES=/files VAR=/var/hub \
    python manage.py collectstatic --noinput -v0
USER hub
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000"]
