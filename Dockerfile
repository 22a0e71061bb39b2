# A small image of one stage or all: no shell scripts, no root, nothing written outside /tmp and /data.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY monitor monitor
COPY consumers consumers
COPY rules rules
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.12-slim
COPY --from=build /venv /venv
RUN useradd --system --uid 10001 --create-home demarche && mkdir /data && chown demarche /data
USER demarche
WORKDIR /data
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENTRYPOINT ["demarche"]
CMD ["run"]
