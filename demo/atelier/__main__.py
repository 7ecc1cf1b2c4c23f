"""The workshop's foreman: lists what is to be made, has two workers make it, writes down what was made."""
import concurrent.futures
import concurrent.futures.process
import fcntl
import hashlib
import importlib
import json
import os
import shutil
import signal
import sys
import time

from . import film, library, sidecars

HERE = os.path.dirname(os.path.abspath(__file__))


def file_hash(*names):
    """A hash of some of the workshop's own sources."""
    h = hashlib.sha256()
    for name in names:
        with open(os.path.join(HERE, name), "rb") as f:
            h.update(f.read())
    return h.hexdigest()


def work(module):
    """A work's module."""
    return importlib.import_module(f"atelier.works.{module}")


def save(image, target, scratch):
    """A picture as JPEG, whole or not at all."""
    part = os.path.join(scratch, hashlib.sha256(target.encode()).hexdigest()[:20] + ".jpg")
    image.convert("RGB").save(part, quality=86, subsampling="4:2:0", optimize=True, progressive=True)
    film.place(part, target)


def jobs():
    """Everything to make, as (path in the library, kind, arguments, source hash, cost), dearest first."""
    shared = ("paint.py", "film.py", "sound.py")
    out = []
    for f in library.films():
        base = os.path.join(f["folder"], f["name"])
        if f.get("bunny"):
            mark = file_hash("bunny.py", "paint.py")
            out.append((base + ".mp4", "bunny", (f["bunny"],), file_hash("bunny.py"), 30))
            out.append((base + "-poster.jpg", "bunny-poster", (f["bunny"],), mark, 1))
            out.append((base + "-fanart.jpg", "bunny-backdrop", (f["bunny"],), mark, 1))
            continue
        mark = file_hash(f"works/{f['module']}.py", *shared)
        out.append((base + ".mp4", "film", (f["module"], f["en"]), mark, 60 if f["id"] == "the-building-opposite" else 20))
        out.append((base + "-poster.jpg", "poster", (f["module"], f["en"]), mark, 2))
        out.append((base + "-fanart.jpg", "backdrop", (f["module"],), mark, 2))
    for s in library.series():
        mark = file_hash(f"works/{s['module']}.py", *shared, *(("country.py", "layers.py") if s["module"] == "trains" else ()))
        out.append((os.path.join(s["folder"], "poster.jpg"), "poster", (s["module"], s["en"]), mark, 2))
        out.append((os.path.join(s["folder"], "fanart.jpg"), "backdrop", (s["module"],), mark, 2))
        for season in s["seasons"]:
            out.append((os.path.join(s["folder"], f"season{season['number']:02}-poster.jpg"), "season", (s["module"], season["number"], s["en"]), mark, 2))
        for e in s["episode"]:
            base = os.path.join(e["folder"], e["name"])
            out.append((base + ".mp4", "episode", (s["module"], e["season"], e["number"], e["en"]), mark, 15))
            out.append((base + "-thumb.jpg", "still", (s["module"], e["season"], e["number"]), mark, 1))
    return sorted(out, key=lambda j: (-j[4], j[0]))


def perform(job, out, cache, scratch):
    """Makes one file; answers its path and the CPU seconds spent."""
    path, kind, arguments, _, _ = job
    before = sum(os.times()[:4])
    target = os.path.join(out, path)
    if kind == "film":
        film.encode(work(arguments[0]).film(arguments[1]), target, scratch)
    elif kind == "episode":
        film.encode(work(arguments[0]).episode(*arguments[1:]), target, scratch)
    elif kind == "poster":
        save(work(arguments[0]).poster(arguments[1]), target, scratch)
    elif kind == "season":
        save(work(arguments[0]).season_poster(arguments[1], arguments[2]), target, scratch)
    elif kind == "backdrop":
        save(work(arguments[0]).backdrop(), target, scratch)
    elif kind == "still":
        save(work(arguments[0]).still(*arguments[1:]), target, scratch)
    else:
        from . import bunny

        if kind == "bunny":
            bunny.make(arguments[0], target, cache, scratch)
        else:
            source = bunny.fetch(arguments[0], cache)
            draw = bunny.poster if kind == "bunny-poster" else bunny.backdrop
            save(draw(arguments[0], source, scratch), target, scratch)
    return path, sum(os.times()[:4]) - before


def texts(out, scratch):
    """Writes every sidecar whose content differs; answers their paths."""
    files = {}
    for f in library.films():
        seconds = film.examine(os.path.join(out, f["folder"], f["name"] + ".mp4"))[1].get("seconds", 60)
        files |= sidecars.of_film(f, seconds)
    for s in library.series():
        files |= sidecars.of_series(s)
    for path, content in files.items():
        target = os.path.join(out, path)
        try:
            with open(target, encoding="utf-8") as f:
                if f.read() == content:
                    continue
        except OSError:
            pass
        part = os.path.join(scratch, "text")
        with open(part, "w", encoding="utf-8") as f:
            f.write(content)
        film.place(part, target)
    return list(files)


def make(out, cache, ledger_path, sources):
    """Makes what is missing or out of date; answers an exit code."""
    started = time.monotonic()
    os.makedirs(cache, exist_ok=True)
    lock = open(os.path.join(cache, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("demo films: another run is making them; waiting for it", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    scratch = os.path.join(cache, "work")
    os.makedirs(scratch, exist_ok=True)
    os.makedirs(out, exist_ok=True)
    try:
        with open(ledger_path) as f:
            marks = json.load(f).get("marks", {})
    except (OSError, ValueError):
        marks = {}
    everything = jobs()
    todo = [j for j in everything if marks.get(j[0]) != j[3] or not os.path.exists(os.path.join(out, j[0]))]
    wrong = []

    def note(files=None):
        part = ledger_path + ".part"
        with open(part, "w") as f:
            json.dump({"sources": sources if files else "", "files": files or {}, "marks": marks}, f)
        os.replace(part, ledger_path)

    done, spent = 0, 0.0
    pool = concurrent.futures.ProcessPoolExecutor(2, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL))
    try:
        waiting = {pool.submit(perform, j, out, cache, scratch): j for j in todo}
        for ended in concurrent.futures.as_completed(waiting):
            job = waiting[ended]
            done += 1
            try:
                path, seconds = ended.result()
            except concurrent.futures.process.BrokenProcessPool:
                raise
            except Exception as e:  # one work that fails must not lose the others
                wrong.append(f"{job[0]}: {e}")
                continue
            marks[path] = job[3]
            spent += seconds
            note()
            if job[4] >= 10 or done == len(todo):
                print(f"demo films: {done}/{len(todo)} {os.path.basename(path)} ({seconds:.0f} s of work)", flush=True)
    except (KeyboardInterrupt, concurrent.futures.process.BrokenProcessPool):
        # Ctrl-C reaches the workers too, or one was killed: what they were making is left unnamed and made again next time.
        print(f"demo films: stopped after {done - 1 if done else 0} of {len(todo)}; run again to go on", file=sys.stderr)
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in list((pool._processes or {}).values()):
            worker.terminate()
        return 130
    pool.shutdown()
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    paths = [j[0] for j in everything] + texts(out, scratch)
    for sentence in wrong:
        print(f"demo films: FAILED {sentence}", file=sys.stderr)
    if wrong:
        return 1
    sizes = {p: os.path.getsize(os.path.join(out, p)) for p in paths}
    note(sizes)
    print(f"demo films: {len(sizes)} files, {sum(sizes.values()) / 1e6:.0f} MB, {spent:.0f} CPU-seconds, {time.monotonic() - started:.0f} s")
    return 0


def check(out):
    """Examines every film; answers an exit code."""
    bad = 0
    for folder, name in library.films_and_episodes():
        path = os.path.join(out, folder, name + ".mp4")
        wrong, facts = film.examine(path) if os.path.exists(path) else (["missing"], {})
        ours = not name.startswith("Big Buck Bunny")
        if facts and ours:
            if not facts["reordered"]:
                wrong.append("no B-frames")
            if facts["widest_gap"] > 2.6:
                wrong.append(f"key frames {facts['widest_gap']:.1f} s apart")
            if not 19 <= facts["seconds"] <= 260:
                wrong.append(f"lasts {facts['seconds']:.1f} s")
        bad += bool(wrong)
        told = f"{facts['seconds']:6.1f} s {facts['size']} {facts['rate']:>10} keys <= {facts['widest_gap']:.2f} s {facts['bytes'] / 1e6:5.1f} MB" if facts else ""
        print(f"{'BAD ' if wrong else 'ok  '} {name:55} {told} {'; '.join(wrong)}")
    return 1 if bad else 0


if __name__ == "__main__":
    order, place, cache_dir, ledger, digest = sys.argv[1:6]
    sys.exit(make(place, cache_dir, ledger, digest) if order == "make" else check(place))
