"""The neutral server: nginx with static answers in Salesforce's wire format, on loopback, so that only clients are measured.

Usage: python -m bench.server check      how fast the server alone is (wrk); run.py starts and stops it by itself
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import specforce_specs
from bench.settings import BASE_PORT, DATA, INGEST_ROWS, PAGE_ROWS, PAGES_PER_SCALE, RAM, ROOT, SCALES

RUN = ROOT / "nginx"
JOB_FIELDS = (
    '"object":"Account","createdById":"005000000000001AAA","createdDate":"2026-01-02T03:04:05.000+0000",'
    '"systemModstamp":"2026-01-02T03:04:05.000+0000","concurrencyMode":"Parallel","contentType":"CSV","apiVersion":60.0,'
    '"lineEnding":"LF","columnDelimiter":"COMMA",'
)
# nginx reads the whole body into a file in RAM and keeps it (the harness counts its lines), then a stub answers
KEEP_UPLOAD = (
    "client_body_in_file_only on; proxy_pass_request_body off; proxy_set_header Content-Length ''; "
    "proxy_set_header Transfer-Encoding ''; proxy_set_header Expect ''; proxy_method GET;"
)


def locations() -> str:
    """What the server answers, path by path."""
    data = r"^/services/data/v[\d.]+"
    query = '{"id":"750000000000001AAA","operation":"query",' + JOB_FIELDS
    done = (
        '"state":"JobComplete","jobType":"V2Query","retries":0,"totalProcessingTime":1,"numberRecordsProcessed":$total}'
    )
    ingest = (
        '{"id":"750I$request_id",' + JOB_FIELDS + '"operation":"insert","state":"Open",'
        '"contentUrl":"services/data/v60.0/jobs/ingest/750I$request_id/batches"}'
    )
    loaded = (
        '{"id":"$1",' + JOB_FIELDS + '"operation":"insert","state":"JobComplete","jobType":"V2Ingest","retries":0,'
        '"totalProcessingTime":1,"apiActiveProcessingTime":1,"apexProcessingTime":0,'
        '"numberRecordsProcessed":$rows,"numberRecordsFailed":0}'
    )
    one = (DATA / "one.json").read_text().replace("'", "")
    return f"""
    root {DATA}; default_type application/json;
    location ~ {data}/jobs/query/?$ {{ return 200 '{query}"state":"UploadComplete"}}'; }}
    location ~ {data}/jobs/query/[^/]+$ {{ return 200 '{query}{done}'; }}
    location ~ {data}/jobs/query/[^/]+/results$ {{ default_type text/csv; add_header Sforce-Locator $nextloc;
        add_header Sforce-NumberOfRecords {PAGE_ROWS}; rewrite ^ /page.csv break; }}
    location ~ {data}/jobs/query/[^/]+/resultPages$ {{ rewrite ^ /pages_x$scalen.json break; }}
    location ~ {data}/jobs/ingest/?$ {{ return 200 '{ingest}'; }}
    location ~ {data}/jobs/ingest/[^/]+/batches/?$ {{ {KEEP_UPLOAD} rewrite ^ /v2 break; proxy_pass http://127.0.0.1:{BASE_PORT + 9}; }}
    location ~ {data}/jobs/ingest/[^/]+/\\w+[rR]ecords/?$ {{ default_type text/csv; return 200 '"sf__Id","sf__Error"\\n'; }}
    location ~ {data}/jobs/ingest/[^/]+/\\w+Results/?$ {{ default_type text/csv; return 200 '"sf__Id","sf__Created"\\n'; }}
    location ~ {data}/jobs/ingest/([^/]+)/?$ {{ return 200 '{loaded}'; }}
    location ~ {data}/query/?$ {{ rewrite ^ /q/0.json break; }}
    location ~ "^/services/data/v[0-9.]+/query/01gBENCH-(?<offset>[0-9]+)$" {{ rewrite ^ /q/$offset.json break; }}
    location ~ {data}/sobjects/Account/?$ {{ return 201 '{{"id":"001000000000001AAA","success":true,"errors":[]}}'; }}
    location ~ {data}/sobjects/Account/describe/?$ {{ rewrite ^ /describe.json break; }}
    location ~ {data}/sobjects/Account/.+$ {{ return 200 '{one}'; }}
    location = /ping {{ return 200 'ok'; }}
"""


def configuration() -> str:
    """nginx's configuration: the locator chain and the counts follow the scale in the token."""
    chain: list[str] = []
    for scale in SCALES:
        pages = PAGES_PER_SCALE * scale
        for i in range(pages):
            key = f'"scale{scale}:"' if i == 0 else f'"~^[^:]*:x{scale}p{i}$"'
            chain.append(f"{key} {'null' if i == pages - 1 else f'x{scale}p{i + 1}'};")
    totals = " ".join(f"scale{scale} {PAGES_PER_SCALE * scale * PAGE_ROWS};" for scale in SCALES)
    shared = locations()
    return f"""
daemon on; pid {RUN}/nginx.pid; error_log {RUN}/error.log; worker_processes 1;
events {{ worker_connections 2048; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 10000000; keepalive_timeout 300s;
  client_max_body_size 0; client_body_buffer_size 256k; client_body_temp_path {RAM}/up; proxy_temp_path {RUN}/p;
  fastcgi_temp_path {RUN}/f; uwsgi_temp_path {RUN}/u; scgi_temp_path {RUN}/s;
  output_buffers 2 512k; sendfile_max_chunk 2m; open_file_cache max=200; etag off; if_modified_since off;
  map $http_authorization $scale {{ default scale1; ~scale16 scale16; ~scale4 scale4; }}
  map $scale $scalen {{ default 1; scale4 4; scale16 16; }}
  map "$scale:$arg_locator" $nextloc {{ default null; {" ".join(chain)} }}
  map $scale $total {{ {totals} }}
  map $scale $rows {{ default {INGEST_ROWS}; }}
  server {{ listen 127.0.0.1:{BASE_PORT} backlog=1024; {shared} }}
  server {{ listen 127.0.0.1:{BASE_PORT + 1}; gzip_static on; {shared} }}
  server {{ listen 127.0.0.1:{BASE_PORT + 2}; limit_rate 8m; {shared} }}
  server {{ listen 127.0.0.1:{BASE_PORT + 9}; location /v2 {{ return 201 ''; }} }}
}}
"""


def start() -> None:
    """Start nginx and return when it answers."""
    if not shutil.which("nginx"):
        raise SystemExit("the benchmark needs nginx: `make bench` installs it (as root: apt-get install nginx-light)")
    stop()
    RUN.mkdir(parents=True, exist_ok=True)
    for name in ("up", "out"):
        (RAM / name).mkdir(parents=True, exist_ok=True)
    (RAM / "up").chmod(0o777)
    (DATA / "describe.json").write_text(json.dumps(specforce_specs.describe("Account")))
    (RUN / "nginx.conf").write_text(configuration())
    subprocess.run(["nginx", "-c", str(RUN / "nginx.conf")], check=True, stderr=subprocess.DEVNULL)
    for _ in range(50):
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{BASE_PORT}/ping", timeout=1).read()
            return
        time.sleep(0.1)
    raise SystemExit(f"nginx did not come up, see {RUN}/error.log")


def stop() -> None:
    """Stop this benchmark's nginx, if one runs, and drop what it kept."""
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        os.kill(int((RUN / "nginx.pid").read_text()), signal.SIGTERM)
        for _ in range(50):
            if not (RUN / "nginx.pid").exists():
                break
            time.sleep(0.1)
    shutil.rmtree(RAM, ignore_errors=True)


@contextmanager
def running() -> Iterator[None]:
    start()
    try:
        yield
    finally:
        stop()


def check() -> None:
    """The server alone, three seconds a line; it must be far above every client measured."""
    base = f"http://127.0.0.1:{BASE_PORT}/services/data/v60.0"
    for name, path, connections in (
        ("GET record, 1 connection", "/sobjects/Account/001", 1),
        ("GET record, 16 connections", "/sobjects/Account/001", 16),
        ("bulk page, 1 connection", "/jobs/query/750Q/results", 1),
    ):
        out = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", "-d3s", base + path], capture_output=True, text=True, check=True
        ).stdout
        print(name, *(line.strip() for line in out.splitlines() if "/sec" in line), sep=" | ")


if __name__ == "__main__":
    from bench import data

    data.make()
    with running():
        check() if sys.argv[1:] == ["check"] else input("running; Enter stops it ")
