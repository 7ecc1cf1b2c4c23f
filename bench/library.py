"""A thousand films to play at once: true heads, and behind each a hole as long as the rest of the film.

Long ones are read from the disk, each anew; short ones fit into memory, and are there before anybody watches: then
what the service itself takes is measured, and not what the system takes to bring bytes in and throw others out.

What is sent in this measurement nobody decodes, so a film needs only what is read to find its segments. One film is
made, and each of the others is a copy of its head, made as long as it by a hole, and ends in a box with its number:
files with the same ends and the same length are copies of one film to the service.
"""

import os
import shutil
import struct
import subprocess

# No more is encoded; the rest repeats it.
ONCE = 120
TERMS = 'licence = "CC0-1.0"\nlicensor = "Bench"\nstatement = "Made for measuring."\nseen = "2026-01-01"\n'


def library(place, count, seconds):
    """The folder of `count` films of so many seconds of 720p, 5 Mb/s, made once."""
    assert seconds <= ONCE or seconds % ONCE == 0, "what is encoded once is repeated whole"
    folder = place / f"titles-{count}-{seconds}"
    if not folder.exists():
        print(f"making {count} films of {seconds} s (once, about a minute) ...", flush=True)
        film = place / "title.mp4"
        make_film(place, film, seconds)
        head, whole = read_head(film)
        half = place / f"{folder.name}.part"
        shutil.rmtree(half, ignore_errors=True)
        for number in range(count):
            write_film(half, number, head, whole)
        film.unlink()
        half.rename(folder)
    files = [file.stat() for file in folder.rglob("*")]
    taken, long = sum(file.st_blocks for file in files) * 512, sum(file.st_size for file in files)
    print(f"{count} films of {seconds} s: {long / 1e9:.1f} GB, of which {taken / 1e9:.2f} on disk ({folder.relative_to(place.parent.parent)})")
    return folder


def fits(folder):
    """Whether the system has memory for all of it, and a gigabyte besides."""
    size = sum(file.stat().st_size for file in folder.rglob("*.mp4"))
    with open("/proc/meminfo") as lines:
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    return size + 1e9 < free


def bring_in(folder):
    """Reads all of it once, so that the system has it in memory."""
    for file in folder.rglob("*.mp4"):
        with open(file, "rb", buffering=0) as read:
            while read.read(1 << 20):
                pass


def make_film(place, film, seconds):
    """A key frame each four seconds, sound interleaved, and what tells where all of it lies in front."""
    once, lasts = place / "once.mp4", min(seconds, ONCE)
    command = ["ffmpeg", "-v", "error", "-y"]
    command += ["-f", "lavfi", "-i", f"testsrc2=s=1280x720:r=24:d={lasts},noise=alls=9:allf=t"]
    command += ["-f", "lavfi", "-i", f"sine=f=330:r=48000:d={lasts}"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "5M", "-maxrate", "5M", "-bufsize", "10M"]
    command += ["-g", "96", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k", "-ac", "2", str(once)]
    subprocess.run(command, check=True)
    command = ["ffmpeg", "-v", "error", "-y", "-stream_loop", str(seconds // lasts - 1), "-i", str(once), "-map", "0"]
    subprocess.run([*command, "-c", "copy", "-movflags", "+faststart", str(film)], check=True)
    once.unlink()


def read_head(film):
    """The bytes up to the first of a frame, and the length of the whole."""
    with open(film, "rb") as file:
        at = 0
        while True:
            file.seek(at)
            size, kind = struct.unpack(">I4s", file.read(8))
            if kind == b"mdat":
                break
            at += size
        # A size that does not fit stands behind the name of the box.
        length = at + (8 if size != 1 else 16)
        file.seek(0)
        return file.read(length), os.path.getsize(film)


def write_film(folder, number, head, whole):
    name = f"Bench Film {letters(number)} (2026)"
    place = folder / name
    place.mkdir(parents=True)
    (place / "rights.toml").write_text(TERMS)
    with open(place / f"{name}.mp4", "wb") as file:
        file.write(head)
        file.seek(whole)
        file.write(struct.pack(">I4sQ", 16, b"free", number))


def letters(number):
    """A number as three letters: digits in a name may be taken for a year or an episode."""
    return "".join(chr(ord("A") + number // power % 26) for power in (676, 26, 1))
