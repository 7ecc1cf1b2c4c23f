"""Slow Light: an aurora over paper mountains and a lake that repeats it late."""
import numpy as np
from PIL import Image, ImageDraw

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 30, "24000/1001"
SKY = [(0.0, "#050a1c"), (0.35, "#0a1a35"), (0.56, "#12314b"), (0.63, "#1d4a5c"), (1.0, "#02060f")]
HORIZON = 0.64
CURTAINS = [  # base height, reach, strength, pace, seed
    (0.47, 0.30, 0.95, 0.21, 1.7), (0.36, 0.26, 0.75, -0.16, 4.1), (0.27, 0.20, 0.45, 0.12, 7.9),
]


def light(width, height, t, rows=None):
    """The aurora on the sky rows, at time t: float32 (h, w, 3) to be added to the sky."""
    x = np.linspace(0, 1.78, width, dtype="f4")
    h = rows or height
    y = (np.arange(h, dtype="f4") / height)[:, None]
    green = np.zeros((h, width), "f4")
    violet = np.zeros((h, width), "f4")
    for base, reach, strength, pace, seed in CURTAINS:
        p = t * pace
        fold = x + 0.16 * np.sin(2.3 * x + p * 1.3 + seed) + 0.05 * np.sin(6.1 * x - p * 2.1 + seed * 2)
        line = base + 0.07 * np.sin(2.6 * fold + p + seed) + 0.032 * np.sin(6.7 * fold - p * 1.7 + seed)
        rays = 0.5 + 0.26 * np.sin(31 * fold + p * 3 + seed) + 0.17 * np.sin(73 * fold - p * 5) + 0.09 * np.sin(151 * fold + p * 7)
        body = 0.38 + 0.62 * (0.5 + 0.5 * np.sin(1.9 * fold - p * 1.9 + seed * 3)) ** 1.6
        s = (line[None, :] - y) / reach
        up = np.maximum(s, 0)
        veil = np.exp(-2.7 * up) * (1 - np.exp(-26 * up)) * (strength * body * (0.45 + 0.85 * rays))
        veil += np.exp(-np.abs(s) * 9) * (strength * 0.16 * body)
        high = np.minimum(up * 1.5, 1)
        green += veil * (1 - 0.72 * high)
        violet += veil * high
    out = np.empty((h, width, 3), "f4")
    out[..., 0] = 30 * green + 118 * violet
    out[..., 1] = 222 * green + 46 * violet
    out[..., 2] = 138 * green + 158 * violet
    return out


def scene(width, height, t, sky, noise):
    """Sky, aurora and the lake's late, rippled copy: float32 (h, w, 3)."""
    shore = int(height * HORIZON)
    out = sky.copy()
    out[:shore] += light(width, height, t, shore)
    deep = height - shore
    far = np.arange(deep)
    source = np.clip(shore - 1 - (far * 1.25).astype(int), 0, shore - 1)
    mirror = out[source]
    sway = (0.006 * width * np.sin(far / height * 90 - t * 1.7) * (0.3 + far / deep) + 0.003 * width * np.sin(far / height * 213 + t * 2.3)).astype(int)
    columns = (np.arange(width)[None, :] + sway[:, None]) % width
    mirror = np.take_along_axis(mirror, columns[..., None], 1)
    out[shore:] = sky[shore:] * 0.6 + mirror * (0.62 - 0.34 * far / deep)[:, None, None].astype("f4")
    out += noise[:, :, None]
    return out


def ridge(width, height, rng, base, rise, rough):
    """A mountain line: heights in pixels from the top, one per column."""
    x = np.linspace(0, 1, width)
    line = np.zeros(width)
    for o in range(7):
        knots = rng.random(3 + int(4 * rough * 2**o))
        line += np.interp(x, np.linspace(0, 1, knots.size), knots) * 0.55**o
    line = (line - line.min()) / (line.max() - line.min())
    return (base - rise * line ** 1.25) * height


def land(width, height, name="slow light land", firs=True):
    """Stars, cut-paper ranges, their reflections and a fringe of firs: a transparent sheet."""
    rng = paint.rng_for(name)
    scale = 2
    w, h = width * scale, height * scale
    sheet = Image.new("RGBA", (w, h), (0, 0, 0, 0))
    stars = np.zeros((h, w), "f4")
    for _ in range(int(170 * width * height / 921600)):
        x, y = rng.integers(2, w - 3), int(rng.random() ** 1.3 * h * 0.5)
        b = rng.random() ** 3
        stars[y : y + 2, x : x + 2] += 70 + 170 * b
        if b > 0.6:
            stars[y : y + 2, x - 1 : x + 3] += 70
            stars[y - 1 : y + 3, x : x + 2] += 70
    sheet.alpha_composite(Image.merge("RGBA", [Image.new("L", (w, h), c) for c in (225, 240, 250)] + [Image.fromarray(np.clip(stars, 0, 255).astype("u1"))]))
    shore = int(h * HORIZON)
    rows = np.arange(h)[:, None]
    for base, rise, rough, ink, wash in [
        (HORIZON, 0.225, 1.0, "#15324a", 0.55), (HORIZON, 0.145, 1.4, "#0c2033", 0.66), (HORIZON + 0.002, 0.055, 3.0, "#06111f", 0.8),
    ]:
        line = ridge(w, h, rng, base, rise, rough)
        solid = np.clip(rows - line[None, :], 0, 1) * (rows <= shore)
        # Below the shore the same range upside down, thinner, as the lake shows it.
        wet = np.clip((2 * shore - line)[None, :] - rows - (rows - shore) * 0.12, 0, 1) * (rows > shore) * wash
        mask = Image.fromarray((255 * np.maximum(solid, wet)).astype("u1"))
        c = paint.rgb(ink)
        tone = Image.new("RGBA", (w, h), tuple(int(v) for v in c) + (0,))
        tone.putalpha(mask)
        sheet.alpha_composite(tone)
    if firs:
        draw = ImageDraw.Draw(sheet)
        ink = tuple(int(v) for v in paint.rgb("#020710")) + (255,)
        x = -0.02 * w
        while x < w * 1.02:
            edge = abs(x / w - 0.52) * 2
            tall = h * (0.03 + 0.23 * edge**2.2) * rng.uniform(0.55, 1.1)
            foot, spread = h * 1.01, tall * 0.19
            if tall > h * 0.045:
                steps = 9
                for k in range(steps):
                    top = foot - tall * (1 - k / steps * 0.98)
                    half = spread * (k + 1) / steps * rng.uniform(0.8, 1.1)
                    draw.polygon([(x, top - tall * 0.05), (x - half, top + tall * 0.135), (x + half, top + tall * 0.135)], fill=ink)
            x += spread * rng.uniform(0.7, 1.5)
    return sheet.resize((width, height), Image.BOX)


def still(width, height, t, name, firs=True):
    """One moment at any size."""
    rng = paint.rng_for(name)
    sky = paint.gradient(width, height, SKY)
    base = paint.picture(scene(width, height, t, sky, rng.standard_normal((height, width), "f4") * 1.5)).convert("RGBA")
    base.alpha_composite(land(width, height, name, firs))
    return base.convert("RGB")


def frames():
    """The film's frames, small and soft; the mountains are laid over them at full size."""
    rng = paint.rng_for("slow light")
    width, height = 384, 216
    sky = paint.gradient(width, height, SKY)
    noises = [rng.uniform(0, 1, (height, width)).astype("f4") for _ in range(5)]
    k = 0
    while True:
        t = 3 + k / 24 * 1.5
        yield np.clip(scene(width, height, t, sky, noises[k % 5]), 0, 255).astype("u1")
        k += 1


def music():
    """Open fifths far away, and a few bells."""
    rng = paint.rng_for("slow light sound")
    track = sound.silence(SECONDS)
    for at, chord in [(0, (38, 45, 52, 57)), (8, (41, 48, 55, 60)), (15, (36, 43, 50, 59)), (22, (38, 45, 54, 57))]:
        sound.lay(track, sound.pad(chord, 10.5, rng, 3, 4), at, 0.5)
    for at, note in [(4.2, 81), (5.1, 88), (9.3, 84), (12.0, 91), (13.2, 86), (17.4, 83), (18.1, 90), (21.5, 86), (24.0, 81), (25.7, 93)]:
        sound.lay(track, sound.bell(note), at, 0.06, rng.uniform(-0.7, 0.7))
    sound.lay(track, sound.noise(SECONDS, rng, 180, 900, 3, 0.8), 0, 0.10)
    return sound.master(sound.room(track, rng, 4.0, 0.5))


def card(texts):
    """The title card."""
    sheet = paint.clear()
    paint.write(sheet, texts["title"], "italic", 92, 640, 300, "#f2f6ee", 0.01, "middle")
    paint.write(sheet, "69° NORTH", "spartan", 17, 640, 350, "#bfe8d2", 0.5, "middle")
    return sheet


def film(texts):
    """The film, ready to encode."""
    return Film(frames(), (384, 216), RATE, SECONDS, music(), "rgb24",
                overlays=[Overlay(land(1280, 720), fade_in=0), Overlay(card(texts), 0.8, 3.6)], fade=(0.8, 2.5))


def poster(texts):
    """Tall sky, small land, the title low in the lake."""
    image = still(800, 1200, 9.0, "slow light poster", firs=True)
    image = paint.grain(image, paint.rng_for("slow light grain"), 4)
    paint.write(image, "Slow", "italic", 176, 78, 985, "#f3f7ef", -0.01)
    paint.write(image, "Light", "italic", 176, 232, 1105, "#f3f7ef", -0.01)
    paint.write(image, "A FILM IN ONE NIGHT, 69° NORTH", "spartan", 17, 400, 62, "#cfeadb", 0.32, "middle", 0.9)
    return image


def backdrop():
    """Wide, without words."""
    return paint.grain(still(1600, 900, 15.0, "slow light land"), paint.rng_for("slow light wide"), 3)
