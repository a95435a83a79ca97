# newsletter in a container: `docker build --tag newsletter .`, then compose.yaml or docs/deploy.md.
FROM python:3.13-slim AS build
ARG EXTRAS=postgresql
WORKDIR /source
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY newsletter newsletter
COPY templates templates
COPY alembic alembic
COPY docs docs
RUN python -m venv /opt/newsletter \
    && /opt/newsletter/bin/pip install --no-cache-dir --disable-pip-version-check \
        --constraint constraints.txt ".[$EXTRAS]"

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --no-create-home newsletter \
    && mkdir /data && chown newsletter:newsletter /data && chmod 700 /data
COPY --from=build /opt/newsletter /opt/newsletter
ENV PATH=/opt/newsletter/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NEWSLETTER_CONFIG=/data/newsletter.toml \
    NEWSLETTER_STATE_DIR=/data/state \
    NEWSLETTER_CACHE_DIR=/data/cache
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=1m --timeout=10s --start-period=30s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/ready', timeout=8)"]
CMD ["newsletter", "serve", "--host", "0.0.0.0"]
