# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/base.txt requirements/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt
ENV PATH=/venv/bin:$PATH
COPY . .
COPY --from=packages /app/node_modules node_modules
# Compiling messages and gathering static files need no server and no secret of the deployment.
RUN if ls locale/*/LC_MESSAGES/*.po >/dev/null 2>&1; then pybabel compile --directory locale --domain django; fi \
    && ENVIRONMENT=development DEBUG=0 STATIC_ROOT=/app/static-files python manage.py collectstatic --noinput \
    && rm -rf node_modules var

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin incentives \
    && mkdir -p /app/var && chown incentives /app/var
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENVIRONMENT=production \
    STATIC_ROOT=/app/static-files
USER incentives
VOLUME /app/var
EXPOSE 8000
CMD ["gunicorn", "--config", "bin/gunicorn.py", "--bind", "0.0.0.0:8000", "incentives.wsgi"]
