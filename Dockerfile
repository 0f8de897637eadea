# docker build -t searchapp .
# docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges -p 127.0.0.1:8000:8000 \
#     -v ~/my-blog:/content:ro -v searchapp:/index -v desk:/desk searchapp
FROM python:3.13-slim

COPY pyproject.toml requirements.lock README.md LICENSE /src/
COPY searchapp /src/searchapp
RUN pip install --no-cache-dir --require-hashes -r /src/requirements.lock \
    && pip install --no-cache-dir --no-deps /src && rm -r /src \
    && useradd --system --no-create-home --uid 10001 --user-group searchapp \
    && install -d -o searchapp -g searchapp -m 755 /index \
    && install -d -o searchapp -g searchapp -m 700 /desk

# A number, so that whoever runs it can see that it is not root.
USER 10001:10001
ENV SEARCHAPP_CONTENT_DIR=/content SEARCHAPP_INDEX_DIR=/index SEARCHAPP_DESK_DIR=/desk SEARCHAPP_HOST=0.0.0.0 \
    PYTHONDONTWRITEBYTECODE=1
VOLUME /index /desk
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["searchapp", "serve", "--watch"]
