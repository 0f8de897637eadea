# docker build -t searchapp . && docker run -p 8000:8000 -v ~/my-blog:/content:ro -v searchapp:/index -v desk:/desk searchapp
FROM python:3.13-slim

COPY pyproject.toml requirements.lock README.md LICENSE /src/
COPY searchapp /src/searchapp
RUN pip install --no-cache-dir --require-hashes -r /src/requirements.lock \
    && pip install --no-cache-dir --no-deps /src && rm -r /src \
    && useradd --system --no-create-home searchapp \
    && install -d -o searchapp -m 755 /index \
    && install -d -o searchapp -m 700 /desk

USER searchapp
ENV SEARCHAPP_CONTENT_DIR=/content SEARCHAPP_INDEX_DIR=/index SEARCHAPP_DESK_DIR=/desk SEARCHAPP_HOST=0.0.0.0
VOLUME /index /desk
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["searchapp", "serve", "--watch"]
