"""Readings: processor time, memory, load, and the steps from play to the first byte."""

import http.client
import os
import pathlib
import random
import re
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")

SCRIPT = """
local paths = {{ {paths} }}
local place = 0
request = function()
  place = place % #paths + 1
  return wrk.format("GET", paths[place])
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("BENCH %d %d %d\\n", summary.bytes, summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Load:
    """wrk on one core, asking for each path in turn over eight connections."""

    def __init__(self, url, paths, core):
        self.url, self.core = url, core
        listed = ", ".join(f'"{path}"' for path in paths)
        with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as script:
            script.write(SCRIPT.format(paths=listed))
        self.script = script.name

    def run(self, seconds):
        """Bytes received and seconds taken."""
        command = ["taskset", "-c", str(self.core), "wrk", "-t1", "-c8", f"-d{seconds}s", "-s", self.script, self.url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        os.unlink(self.script)
        sent, micros, failed = map(int, re.search(r"BENCH (\d+) (\d+) (\d+)", said).groups())
        if failed:
            raise SystemExit(f"bench: {failed} requests failed at {self.url}")
        return sent, micros / 1e6


def cpu_seconds(pid):
    """Processor time of a process, in and out of the kernel (proc_pid_stat(5))."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def idle_seconds():
    """Time in which processors had nothing to do, or waited for a disk, of all of them together (proc_stat(5))."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / TICKS


def memory_mb(pid):
    """Resident memory of a process."""
    return int(re.search(r"VmRSS:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def forget(file):
    """Puts a file's pages out of memory."""
    handle = os.open(file, os.O_RDONLY)
    os.fsync(handle)
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(handle)


def cold_plays(start, film, slug, times):
    """The steps a player takes, in ms, each time with a new process and the film out of memory."""
    return [cold_play(start, film, slug) for _ in range(times)]


def cold_play(start, film, slug):
    with start() as server:
        server.sign_up()
        forget(film)
        connection = server.connect()
        connection.connect()
        steps, begun = {}, time.perf_counter()
        last = begun

        def step(name):
            nonlocal last
            now = time.perf_counter()
            steps[name] = (now - last) * 1000
            last = now

        play = server.play(slug, connection)
        step("answer to play")
        base = play["manifest"].rsplit("/", 1)[0]
        number = picture(server.text(play["manifest"], connection))
        step("master playlist")
        server.text(f"{base}/{number}/index.m3u8", connection)
        step("track playlist")
        server.request("GET", f"{base}/{number}/init.mp4", connection=connection).read()
        step("init")
        answer = server.request("GET", f"{base}/{number}/0.m4s", connection=connection)
        answer.read(1)
        step("first byte of segment 0")
        steps["in all"] = (last - begun) * 1000
        answer.read()
        return steps


def picture(master):
    """The number of the picture's track: the variant's line is the one that is not a tag."""
    return next(line for line in master.splitlines() if line and not line.startswith("#")).split("/")[0]


def cold_seeks(server, slug, film, times):
    """Milliseconds to the first byte of segments anywhere in a film in use whose bytes are not in memory."""
    play = server.play(slug)
    base = play["manifest"].rsplit("/", 1)[0]
    number = picture(server.text(play["manifest"]))
    count = server.text(f"{base}/{number}/index.m3u8").count(".m4s")
    connection = server.connect()
    chance = random.Random(2026)
    taken = []
    for _ in range(times):
        forget(film)
        begun = time.perf_counter()
        answer = server.request("GET", f"{base}/{number}/{chance.randrange(count)}.m4s", connection=connection)
        answer.read(1)
        taken.append((time.perf_counter() - begun) * 1000)
        answer.read()
    return taken


def start_up(server):
    """Seconds from the program's start until it says that it is well."""
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return time.monotonic() - server.begun
        except OSError:
            pass
        if server.process.poll() is not None:
            raise SystemExit("bench: cineclub ended at start; see target/bench/cineclub.log")
        time.sleep(0.002)
