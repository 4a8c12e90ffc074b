# syntax=docker/dockerfile:1
# One image for every part of the line: `chartrelay up` by default, any other command of chartrelay as arguments
# (docker run chartrelay worker read). A practice's folder belongs at /practice. docker-compose.yml runs the line on it.

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
RUN python -m venv /opt/chartrelay
ENV PATH=/opt/chartrelay/bin:$PATH

# What we stand on, in a layer of its own: it changes seldom.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > needed.txt \
 && pip install --constraint constraints.txt --requirement needed.txt setuptools

COPY README.md LICENSE ./
COPY schemas schemas
COPY pipeline pipeline
COPY workers workers
RUN pip install --no-deps --no-build-isolation .


FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="ChartRelay" \
      org.opencontainers.image.description="Releases copies of dental records" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tesseract-ocr tesseract-ocr-eng \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --user-group --no-create-home --shell /usr/sbin/nologin chartrelay \
 && install --directory --owner=chartrelay --group=chartrelay --mode=0750 /practice
COPY --from=build /opt/chartrelay /opt/chartrelay

# HEALTH_URL: what tells that the process is well. The desk says it of the whole line; a station, started with
# --metrics-port, only of itself. HOME: nothing is kept there.
ENV PATH=/opt/chartrelay/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    CHARTRELAY_HOME=/practice \
    HEALTH_URL=http://127.0.0.1:8471/healthz
USER chartrelay
WORKDIR /practice
VOLUME /practice
EXPOSE 8471
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(os.environ['HEALTH_URL'], timeout=8)"]
ENTRYPOINT ["chartrelay"]
CMD ["up"]
