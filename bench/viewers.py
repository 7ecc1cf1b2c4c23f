"""Viewers of a whole library at once: how many before one waits, what that takes, and what set the limit."""

import json
import os
import random
import subprocess
import time

from audience import members, titles
from library import bring_in, fits, library
from measure import cpu_seconds, idle_seconds, memory_mb
from service import Cineclub

STEPS = [int(step) for step in os.environ.get("BENCH_VIEWERS", "500 1000 2000 3000 3700").replace(",", " ").split()]
# Films of 44 minutes, of which a thousand are never in memory; and of 24 s, which are.
LONG, SHORT = 44 * 60, 24
TITLES = int(os.environ.get("BENCH_TITLES", "1000"))
# So many begin in a second: each wants twelve seconds of its film at once.
ARRIVALS = int(os.environ.get("BENCH_ARRIVALS", "30"))
SECONDS = int(os.environ.get("BENCH_WATCHED", "60"))
# The promise of the project: so much memory with all titles in play.
MOST_MEMORY_MB = 256
# A processor that is idle for less than this share of the time sets the limit.
BUSY = 0.05


def viewers(program, generator, place):
    """Steps of viewers until a segment comes late, from the disk and from memory; then the memory with each title in play."""
    short = library(place, TITLES, SHORT)
    if fits(short):
        run = taken_in(program, generator, short, place, is_short=True)
        steps(run, "all of them in memory")
    else:
        print("viewers of films in memory: left out, there is not memory enough for so many")
    run = taken_in(program, generator, library(place, TITLES, LONG), place, is_short=False)
    runs = steps(run, "read from the disk (holes in files: the system finds and clears the memory for them, and waits for no disk)")
    # Every title is in play once there are as many viewers; more of them would be memory for connections.
    memory = runs[TITLES] if TITLES in runs else run(TITLES)
    print(f"resident memory with {TITLES} titles in play: at most {memory['memory_mb']:.0f} MB, "
          f"{memory['late']} of {memory['segments']} segments late")
    if memory["memory_mb"] > MOST_MEMORY_MB:
        return [f"{TITLES} titles in play took {memory['memory_mb']:.0f} MB, more than {MOST_MEMORY_MB}"]
    return []


def taken_in(program, generator, films, place, is_short):
    """Lets a service take the films in, and says what runs a number of viewers of them."""
    data = place / f"data-viewers-{films.name}"
    begun = time.monotonic()
    with Cineclub(program, data, films, core=None, patience=900):
        print(f"the films were taken in within {time.monotonic() - begun:.0f} s")
    slugs = titles(data / "cineclub.db")
    if len(slugs) < TITLES:
        raise SystemExit(f"bench: {len(slugs)} of {TITLES} films came in; see target/bench/cineclub.log")
    cookies = members(data / "cineclub.db", max(TITLES, *STEPS))
    if is_short:
        bring_in(films)
    return lambda count: one_run(program, generator, films, data, seats(slugs, cookies, count))


def steps(run, where):
    """More and more viewers, until one of them waits."""
    print(f"\nviewers, each a client of HLS with a play of its own, {TITLES} titles, {ARRIVALS} come each second, and all watch for {SECONDS} s;"
          f"\n{where}:")
    print(f"  {'viewers':>8}{'Gb/s':>7}{'segments':>10}{'late':>7}{'failed':>8}{'p50 ms':>8}{'p99 ms':>8}{'most':>7}"
          f"{'start p99':>11}{'beat p99':>10}{'server':>8}{'clients':>9}{'idle':>6}{'MB':>6}")
    runs = {}
    for count in sorted({*STEPS}):
        runs[count] = run(count)
        tell(runs[count])
        if runs[count]["late"] or runs[count]["failed"]:
            break
    print(f"  {limit(runs[max(runs)])}", flush=True)
    return runs


def seats(slugs, cookies, count):
    """Who watches what: each title as often as the others, in an order that is the same in every run."""
    chance = random.Random(2026)
    order = [slug for _ in range(-(-count // len(slugs))) for slug in chance.sample(slugs, len(slugs))]
    return list(zip(order[:count], cookies))


def one_run(program, generator, films, data, who):
    """A new process, its viewers, and how both fared."""
    file, ramp = data / "seats", -(-len(who) // ARRIVALS)
    file.write_text("".join(f"{slug} {cookie}\n" for slug, cookie in who))
    with Cineclub(program, data, films, core=None, patience=900) as ours:
        command = [str(generator), "--server", f"127.0.0.1:{ours.port}", "--seats", str(file)]
        command += ["--ramp", str(ramp), "--seconds", str(SECONDS)]
        simulated = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        begun, readings = time.monotonic(), []
        while simulated.poll() is None:
            now = time.monotonic() - begun
            readings.append((now, cpu_seconds(ours.pid), cpu_seconds(simulated.pid), idle_seconds(), memory_mb(ours.pid)))
            time.sleep(0.5)
        said = simulated.stdout.read()
    file.unlink()
    if simulated.returncode:
        raise SystemExit("bench: the viewers were given up")
    steady = [reading for reading in readings if ramp <= reading[0] <= ramp + SECONDS]
    seconds, server, clients, idle = (steady[-1][n] - steady[0][n] for n in range(4))
    memory = max(reading[4] for reading in readings)
    return json.loads(said) | {"memory_mb": memory, "server": server / seconds, "clients": clients / seconds,
                               "idle": idle / seconds}


def tell(run):
    rate = run["steady_bytes"] * 8 / SECONDS / 1e9
    print(f"  {run['viewers']:8}{rate:7.2f}{run['segments']:10}{run['late']:7}{run['failed']:8}{run['segment_p50_ms']:8}"
          f"{run['segment_p99_ms']:8}{run['segment_most_ms']:7}{run['start_p99_ms']:11}{run['beat_p99_ms']:10}{run['server']:8.2f}{run['clients']:9.2f}"
          f"{run['idle']:6.2f}{run['memory_mb']:6.0f}", flush=True)
    if run["failure"]:
        print(f"  the first that failed: {run['failure']}")


def limit(run):
    """What the last step says of the limit."""
    used = f"of {os.cpu_count()} processors the server used {run['server']:.2f}, its clients {run['clients']:.2f}, none {run['idle']:.2f}"
    if not run["late"] and not run["failed"]:
        return f"no limit was met: {used}"
    late = f"{run['late']} late by up to {run['late_most_ms']} ms: {used}"
    if run["idle"] > BUSY * os.cpu_count():
        return f"{late}; the processors are not the limit, so the disk is, or waiting inside of the server"
    return f"{late}; the processors are the limit, which server and clients share"
