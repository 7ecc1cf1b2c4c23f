"""The Unfolding Wall: a tiled wall whose every star opens when a wave goes by."""
import math

import numpy as np
from PIL import Image, ImageDraw

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 30, "25"
PHASES = 48
SCHEMES = [  # ground, star, inner, heart, line
    ("#123a5c", "#e9dcc0", "#1f7a86", "#d9a441", "#f6eeda"),
    ("#7a2f24", "#ecd9b4", "#c8663a", "#1d3f4f", "#f8ecd2"),
    ("#0f2431", "#2c8c86", "#e8b65a", "#f3ead2", "#d8cfae"),
]


def star(cx, cy, outer, inner, points, turn):
    """The outline of a star polygon."""
    out = []
    for k in range(points * 2):
        r, a = (outer, inner)[k % 2], turn + math.pi * k / points
        out.append((cx + r * math.cos(a), cy + r * math.sin(a)))
    return out


def tile(size, phase, scheme, scale=3):
    """One tile with its star open by `phase` 0..1, as a PIL picture."""
    ground, body, inner, heart, line = [tuple(int(v) for v in paint.rgb(c)) for c in scheme]
    s = size * scale
    image = Image.new("RGB", (s, s), ground)
    draw = ImageDraw.Draw(image)
    stroke = max(2, round(s * 0.011))

    def shape(points, fill):
        draw.polygon(points, fill=fill)
        draw.line(points + points[:2], fill=line, width=stroke, joint="curve")

    c = s / 2
    p = phase
    # Corner rosettes first: they are what the crosses between the stars close into.
    for x in (0, s):
        for y in (0, s):
            shape(star(x, y, s * (0.30 - 0.10 * p), s * (0.30 - 0.10 * p) * (0.765 + 0.15 * p), 8, math.pi / 8 * (1 - p)), inner)
            shape(star(x, y, s * (0.07 + 0.08 * p), s * (0.05 + 0.06 * p), 8, math.pi / 8 * p), heart)
    outer = s * 0.5
    shape(star(c, c, outer, s * (0.455 - 0.200 * p), 8, 0), body)
    shape(star(c, c, s * (0.33 - 0.02 * p), s * (0.31 - 0.155 * p), 8, math.pi / 8 + math.pi / 8 * p), inner)
    shape(star(c, c, s * (0.05 + 0.15 * p), s * (0.045 + 0.075 * p), 8, math.pi / 8 * p), heart)
    shape(star(c, c, s * (0.02 + 0.045 * p), s * (0.018 + 0.04 * p), 8, 0), body)
    return image.resize((size, size), Image.BOX)


def shade(width, height, cells, at):
    """How open each cell is at `at`: a wave from a wandering centre, held open and held shut."""
    cx, cy = width * (0.5 + 0.22 * math.sin(at * 0.4)), height * (0.5 + 0.2 * math.cos(at * 0.33))
    out = []
    for x, y in cells:
        d = math.hypot(x - cx, y - cy) / height
        s = 0.5 - 0.5 * math.cos(min(max((math.sin(at * 0.95 - d * 2.3) * 0.75 + 0.5), 0), 1) * math.pi)
        out.append(s)
    return out


def wall(width, height, size, scheme, at, tiles=None):
    """A still of the wall at any size."""
    image = Image.new("RGB", (width, height))
    ox, oy = (width % size) // 2 - size, (height % size) // 2 - size
    cells = [(x, y) for y in range(oy, height, size) for x in range(ox, width, size)]
    levels = shade(width, height, [(x + size / 2, y + size / 2) for x, y in cells], at)
    made = {}
    for (x, y), level in zip(cells, levels):
        step = round(level * (PHASES - 1))
        if step not in made:
            made[step] = tile(size, step / (PHASES - 1), scheme)
        image.paste(made[step], (x, y))
    return image


def light(image, rng, strength=0.35):
    """Low light across the wall and the wear of glaze, so it is a wall and not a pattern."""
    a = np.asarray(image, "f4")
    h, w = a.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype("f4")
    rake = 1.10 - strength * np.hypot((x / w - 0.36) * 1.1, y / h - 0.34) * 1.6
    wear = 0.93 + 0.12 * paint.cloud(rng, w, h, 220, 5, 0.6)
    return paint.grain(paint.picture(a * (rake * wear)[..., None]), rng, 3)


def frames():
    """Three walls, each nearer than the last; every frame is a paste of ready tiles."""
    width, height = 1280, 720
    sizes = [120, 180, 240]
    per = SECONDS * 25 // 3
    for part, (size, scheme) in enumerate(zip(sizes, SCHEMES, strict=True)):
        ready = [paint.planes_of(tile(size, p / (PHASES - 1), scheme)) for p in range(PHASES)]
        ox, oy = (width % size) // 2 // 2 * 2 - size, (height % size) // 2 // 2 * 2 - size
        cells = [(x, y) for y in range(oy, height, size) for x in range(ox, width, size)]
        middle = [(x + size / 2, y + size / 2) for x, y in cells]
        big = [np.zeros((height + 2 * size, width + 2 * size), "u1")] + [np.zeros((height // 2 + size, width // 2 + size), "u1") for _ in "uv"]
        last = [-1] * len(cells)
        for k in range(per):
            at = part * 2.3 + k / 25 * (1.25 - 0.2 * part)
            for i, level in enumerate(shade(width, height, middle, at)):
                step = round(level * (PHASES - 1))
                if step != last[i]:
                    last[i] = step
                    x, y = cells[i][0] + size, cells[i][1] + size
                    big[0][y : y + size, x : x + size] = ready[step][0]
                    for c in (1, 2):
                        big[c][y // 2 : (y + size) // 2, x // 2 : (x + size) // 2] = ready[step][c]
            yield (np.ascontiguousarray(big[0][size : size + height, size : size + width]),
                   *(np.ascontiguousarray(big[c][size // 2 : size // 2 + height // 2, size // 2 : size // 2 + width // 2]) for c in (1, 2)))


def music():
    """A plucked figure that gains a note each time it returns."""
    rng = paint.rng_for("wall sound")
    track = sound.silence(SECONDS)
    scale = [50, 57, 58, 62, 65, 69, 70, 74, 77, 81]
    step, at, k = 0.3, 0.6, 0
    strings = {n: sound.pluck(n, 1.8, 1.2) for n in scale}
    while at < SECONDS - 2:
        length = 3 + (k // 8) % 6
        note = scale[(k * 3 + (k // 7)) % (length + 3)]
        sound.lay(track, strings[note], at, 0.26 * (1 if k % 8 == 0 else 0.7) * rng.uniform(0.8, 1), 0.7 * math.sin(k))
        at += step * (2 if k % 13 == 12 else 1) * (1 + 0.01 * rng.standard_normal())
        k += 1
    for at, chord in [(0, (38, 45)), (10, (34, 46)), (20, (38, 50))]:
        sound.lay(track, sound.pad(chord, 11, rng, 3, 3, 0.3), at, 0.4)
    return sound.master(sound.room(track, rng, 2.2, 0.35))


def veil():
    """A fixed shadow towards the corners."""
    y, x = np.mgrid[0:720, 0:1280].astype("f4")
    dark = np.clip(np.hypot((x / 1280 - 0.42) * 1.15, y / 720 - 0.42) * 1.15 - 0.22, 0, 1) * 170
    sheet = np.zeros((720, 1280, 4), "u1")
    sheet[..., :3] = (6, 12, 18)
    sheet[..., 3] = dark
    return Image.fromarray(sheet)


def card(texts):
    """The title on a plaque of the ground colour."""
    sheet = paint.clear()
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((340, 270, 940, 450), fill=(15, 44, 70, 255), outline=(246, 238, 218, 255), width=3)
    draw.rectangle((350, 280, 930, 440), outline=(217, 164, 65, 255), width=1)
    paint.write(sheet, "The Unfolding Wall", "serif", 60, 640, 372, "#f6eeda", 0.0, "middle")
    paint.write(sheet, "FOR EIGHT-POINTED STARS", "spartan", 14, 640, 414, "#d9a441", 0.42, "middle")
    return sheet


def film(texts):
    """The film, ready to encode."""
    return Film(frames(), (1280, 720), RATE, SECONDS, music(), overlays=[Overlay(veil(), fade_in=0), Overlay(card(texts), 0.4, 3.4)], fade=(0.6, 1.8))


def poster(texts):
    """Six stars across, the title in the shut part of the wall."""
    rng = paint.rng_for("wall poster")
    image = light(wall(800, 1200, 200, SCHEMES[0], 4.0), rng, 0.42)
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 900, 699, 1099), fill=(15, 44, 70), outline=(246, 238, 218), width=4)
    draw.rectangle((112, 912, 687, 1087), outline=(217, 164, 65), width=1)
    paint.write(image, "The Unfolding", "serif", 74, 400, 985, "#f6eeda", 0, "middle")
    paint.write(image, "Wall", "italic", 74, 400, 1052, "#f6eeda", 0, "middle")
    return image


def backdrop():
    """Wide, warm, near."""
    return light(wall(1600, 900, 300, SCHEMES[2], 4.2), paint.rng_for("wall wide"), 0.6)
