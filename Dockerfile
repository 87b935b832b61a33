# One image for web, worker, beat and migrations; docker-compose.yml says which runs.

FROM python:3.12-slim AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
       --require-hashes --only-binary :all: -r /tmp/base.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    HOST=0.0.0.0 \
    PORT=8000
# What is written in other alphabets is set in documents, too.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
       fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin jamvikt \
    && install -d -o jamvikt -g jamvikt /var/lib/jamvikt
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# Placeholders for this step only: collecting files needs settings, and settings insist.
RUN python -m config.messages \
    && SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") \
       ALLOWED_HOSTS=build.invalid DATABASE_URL=postgresql://build.invalid/build \
       REDIS_URL=redis://build.invalid/0 EMAIL_URL=smtp://build.invalid \
       python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app /venv/lib
USER jamvikt
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "config/gunicorn.py"]
