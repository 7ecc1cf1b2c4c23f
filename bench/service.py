"""The servers that are measured: ours on a demo library, and Debian's nginx on files."""

import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

PASSWORD = "bench bench bench bench"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_file(slug, path):
    """Where the copy of a segment lies: a file's name can't be as long as a token."""
    return f"/{slug}/" + path.split("/", 3)[3]


def pinned(core, command):
    return command if core is None else ["taskset", "-c", str(core), *command]


class Certificate:
    """A self-signed certificate, for both servers alike."""

    def __init__(self, place):
        self.chain, self.key = place / "bench.pem", place / "bench.key"
        if not self.chain.exists():
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"]
            command += ["-subj", "/CN=127.0.0.1", "-keyout", str(self.key), "-out", str(self.chain)]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


class Cineclub:
    """`cineclub demo` on a folder of films."""

    def __init__(self, program, data, films, core, certificate=None, wait=True, patience=120):
        self.port = free_port()
        self.is_secure = certificate is not None
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        environment = dict(os.environ)
        if certificate:
            environment |= {"CINECLUB_SERVER__TLS__CERTIFICATE": str(certificate.chain),
                            "CINECLUB_SERVER__TLS__KEY": str(certificate.key),
                            "CINECLUB_SERVER__PUBLIC_URL": self.url}
        self.voucher = None
        self.said = threading.Event()
        self.log = open(data.parent / "cineclub.log", "ab")
        command = [str(program), "demo", "--films", str(films), "--data", str(data)]
        command += ["--listen", f"127.0.0.1:{self.port}"]
        self.begun = time.monotonic()
        self.process = subprocess.Popen(pinned(core, command), env=environment, stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        self.pid = self.process.pid
        threading.Thread(target=self._listen, daemon=True).start()
        self.cookie = None
        if wait:
            self.ready(patience)

    def _listen(self):
        for line in self.process.stdout:
            found = re.search(r"Voucher for guests:\s*(\S+)", line)
            if found:
                self.voucher = found[1]
                self.said.set()

    def ready(self, patience=120):
        if not self.said.wait(patience):
            raise SystemExit("bench: cineclub did not open; see target/bench/cineclub.log")

    def connect(self):
        """A connection of one's own."""
        if self.is_secure:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=ssl._create_unverified_context())
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def request(self, method, path, body=None, headers=None, connection=None):
        connection = connection or self.connect()
        headers = {"Accept": "text/html,*/*", "Sec-Fetch-Site": "same-origin", **(headers or {})}
        if self.cookie:
            headers.setdefault("Cookie", self.cookie)
        connection.request(method, path, body, headers)
        return connection.getresponse()

    def sign_up(self):
        """A member who has redeemed the voucher."""
        fields = {"email": f"bench{time.time_ns()}@example.org", "password": PASSWORD, "territory": "FR",
                  "voucher": self.voucher, "terms": "yes"}
        self._form("/sign-up", fields)
        if not self.cookie:
            raise SystemExit("bench: the sign-up gave no session")
        return self

    def _form(self, path, fields):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.request("POST", path, urllib.parse.urlencode(fields), kind)
        answer.read()
        for value in answer.headers.get_all("Set-Cookie") or []:
            if re.match(r"(__Host-)?session=[^;]", value):
                self.cookie = value.split(";")[0]

    def play(self, slug, connection=None):
        """Presses play on a film, as a member of its own: a plan may allow one play at a time."""
        if not connection:
            self.sign_up()
        address = f"/api/v1/titles/{slug}/play"
        answer = self.request("POST", address, "{}", {"Content-Type": "application/json"}, connection)
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"bench: play was answered {answer.status}: {body[:300]!r}")
        return json.loads(body) | {"cookie": self.cookie}

    def beat(self, play):
        """A sign of life, without which the play loses its lease."""
        headers = {"Content-Type": "application/json", "Cookie": play["cookie"]}
        answer = self.request("POST", play["beat"], '{"position_ms": 0}', headers)
        body = answer.read()
        if answer.status != 204:
            raise SystemExit(f"bench: the beat was answered {answer.status}: {body[:300]!r}")

    def text(self, path, connection=None):
        answer = self.request("GET", path, connection=connection)
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"bench: {path[:20]}... was answered {answer.status}: {body[:300]!r}")
        return body.decode()

    def segments(self, play):
        """The address of every segment of every track."""
        base = play["manifest"].rsplit("/", 1)[0]
        tracks = set(re.findall(r"(\d+)/index\.m3u8", self.text(play["manifest"])))
        return [f"{base}/{track}/{name}" for track in sorted(tracks)
                for name in self.text(f"{base}/{track}/index.m3u8").splitlines() if name.endswith(".m4s")]

    def copy(self, slug, paths, to):
        """Writes each segment of a film to a file below `to`; the bytes in all."""
        shutil.rmtree(to / slug, ignore_errors=True)
        total = 0
        for path in paths:
            body = self.request("GET", path).read()
            file = pathlib.Path(str(to) + as_file(slug, path))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
            total += len(body)
        return total

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


NGINX = """
daemon off;
master_process off;
pid {place}/nginx.pid;
error_log {place}/nginx.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile {sendfile};
    tcp_nopush {sendfile};
    types {{ video/mp4 m4s; }}
    client_body_temp_path {place}/tmp; proxy_temp_path {place}/tmp; fastcgi_temp_path {place}/tmp;
    uwsgi_temp_path {place}/tmp; scgi_temp_path {place}/tmp;
    keepalive_requests 1000000;
    server {{ listen 127.0.0.1:{port}{tls}; root {root}; }}
}}
"""


class Nginx:
    """Debian's nginx, one process, on the segments as files."""

    def __init__(self, place, core, sendfile=False, certificate=None):
        switch = "on" if sendfile else "off"
        own = place / f"nginx-{switch}{'-tls' if certificate else ''}"
        (own / "tmp").mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        tls = ""
        if certificate:
            tls = f" ssl; ssl_certificate {certificate.chain}; ssl_certificate_key {certificate.key}; ssl_protocols TLSv1.3"
        text = NGINX.format(place=own, sendfile=switch, port=self.port, root=place / "static", tls=tls)
        if os.geteuid() == 0:
            text = "user root;" + text
        (own / "nginx.conf").write_text(text)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(pinned(core, [program, "-c", str(own / "nginx.conf")]), stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"bench: nginx did not start; see {own}/nginx.log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
