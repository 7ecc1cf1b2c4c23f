"""Tidelines: an imagined atlas, one sea chart an episode, whose water is still moving."""
import math

import numpy as np
from PIL import Image

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 20, "15"
DAY = {"paper": "#f1e8d4", "land": "#e6cf9e", "shore": "#1d3b5a", "shoal": "#bcd9d6", "deep": "#3f87a6", "ink": "#16324f", "accent": "#d4492e"}
NIGHT = {"paper": "#0d1426", "land": "#141b2e", "shore": "#f0b45a", "shoal": "#16464f", "deep": "#0a1a33", "ink": "#8fe3d0", "accent": "#f0b45a"}
CHARTS = {  # field scale, pace, sea level, contours, where it is, how the field is bent
    (1, 1): dict(name="the quiet gulf", scale=2.3, level=0.35, lines=9, place="48° 11′ N · 4° 52′ W", bend=1.0,
                 words=[("The Quiet Gulf", 0.40, 0.55, 46), ("Sleeper Bank", 0.72, 0.30, 25), ("Aunt’s Reach", 0.18, 0.80, 25)]),
    (1, 2): dict(name="lantern strait", scale=2.9, level=0.60, lines=8, place="57° 40′ N · 10° 36′ E", bend=1.5,
                 words=[("Lantern Strait", 0.52, 0.42, 46), ("Match Head", 0.24, 0.26, 25), ("The Wick", 0.78, 0.74, 25)]),
    (1, 3): dict(name="the salt meadow", scale=3.6, level=0.25, lines=6, place="46° 58′ N · 2° 10′ W", bend=0.7,
                 words=[("The Salt Meadow", 0.44, 0.62, 46), ("Heron Gate", 0.76, 0.34, 25), ("Low Sunday", 0.20, 0.34, 25)]),
    (2, 1): dict(name="harbour after dark", scale=2.5, level=0.60, lines=10, place="43° 17′ N · 5° 22′ E", bend=1.2,
                 words=[("Harbour after Dark", 0.46, 0.50, 46), ("Mole of the Dogs", 0.77, 0.27, 25), ("Paper Light", 0.20, 0.77, 25)]),
    (2, 2): dict(name="the drowned orchard", scale=3.2, level=-0.10, lines=12, place="51° 34′ N · 8° 50′ W", bend=1.9,
                 words=[("The Drowned Orchard", 0.48, 0.46, 46), ("Pippin Rows", 0.22, 0.24, 25), ("Windfall", 0.80, 0.76, 25)]),
    (2, 3): dict(name="northern roads", scale=2.1, level=0.35, lines=14, place="68° 14′ N · 14° 34′ E", bend=2.3,
                 words=[("Northern Roads", 0.50, 0.56, 46), ("Last Kettle", 0.80, 0.28, 25), ("Whale’s Parlour", 0.20, 0.30, 25)]),
}


def depth(width, height, t, chart, aspect=None):
    """The sea bed at time t: height above datum, about -3..3; land is above the chart's level."""
    seed = (sum(map(ord, chart["name"])) % 97) * 0.37
    k = chart["scale"]
    aspect = aspect or width / height
    x = (np.linspace(-aspect / 2, aspect / 2, width, dtype="f4") * k)[None, :]
    y = (np.linspace(-0.5, 0.5, height, dtype="f4") * k)[:, None]
    b = np.float32(chart["bend"])
    wx = x + b * (0.45 * np.sin(1.4 * y + seed + 0.21 * t) + 0.22 * np.sin(2.9 * y - 1.7 * seed - 0.17 * t))
    wy = y + b * (0.45 * np.sin(1.3 * x - seed * 1.3 + 0.18 * t) + 0.22 * np.sin(3.1 * x + seed - 0.23 * t))
    f = np.sin(1.5 * wx + seed) + np.sin(1.7 * wy - seed * 0.7 + 0.1 * t)
    f += 0.55 * np.sin(2.1 * (wx + wy) + 1.9 * seed - 0.15 * t)
    f += 0.30 * np.sin(3.7 * wx - 2.3 * wy + 0.2 * t + seed)
    return f


def inks(season):
    """The season's colours."""
    return DAY if season == 1 else NIGHT


def sheet_table(season, chart, size=4096, low=-3.2, high=3.2):
    """The colour of every height: washes stepped as on a chart, inked at each step."""
    ink = inks(season)
    h = np.linspace(low, high, size)
    sea = chart["level"]
    down = np.clip((sea - h) / (sea - low), 0, 1)
    wash = paint.ramp([(0, ink["shoal"]), (0.55, ink["deep"]), (1, ink["deep"] if season == 1 else "#060d1f")], 256)
    stepped = np.floor(down * chart["lines"] * 1.6) / (chart["lines"] * 1.6)
    colour = wash[(255 * np.clip(stepped * 1.15, 0, 1)).astype(int)]
    if season == 1:
        colour = colour * 0.72 + paint.rgb(ink["paper"]) * 0.28
    land = h > sea
    rise = np.clip((h - sea) / (high - sea), 0, 1)[:, None]
    colour[land] = (paint.rgb(ink["land"]) * (1 - rise) + paint.rgb(ink["paper"]) * rise)[land]
    every = (sea - low) / (chart["lines"] * 1.6)
    off = (h - sea) / every
    near = np.abs(off - np.round(off)) * every
    weight = np.where(np.round(off) % 5 == 0, 0.030, 0.017)
    line = np.clip(1.6 - near / weight, 0, 1) * np.where(land, 0.28, 0.62)
    colour += (paint.rgb(ink["ink"]) - colour) * line[:, None]
    coast = np.clip(1.8 - np.abs(h - sea) / 0.026, 0, 1)
    colour += (paint.rgb(ink["shore"]) - colour) * coast[:, None]
    if season == 2:
        halo = np.exp(-np.abs(h - sea) / 0.10) * 0.42 * np.where(land, 0.5, 1)
        colour += (paint.rgb(ink["shore"]) * 0.8 - colour * 0.3) * halo[:, None]
    return np.clip(colour, 0, 255).astype("f4")


def fine(width, height, t, season, chart, aspect=None):
    """A chart at any size with lines of even width, for the sheets."""
    ink = inks(season)
    f = depth(width, height, t, chart, aspect)
    gy, gx = np.gradient(f)
    steep = np.sqrt(gx * gx + gy * gy) + 1e-5
    sea = chart["level"]
    every = (sea + 3.2) / (chart["lines"] * 1.6)
    down = np.clip((sea - f) / (sea + 3.2), 0, 1)
    wash = paint.ramp([(0, ink["shoal"]), (0.55, ink["deep"]), (1, ink["deep"] if season == 1 else "#060d1f")], 256)
    stepped = np.floor(down * chart["lines"] * 1.6) / (chart["lines"] * 1.6)
    out = wash[(255 * np.clip(stepped * 1.15, 0, 1)).astype("i4")]
    if season == 1:
        out = out * 0.72 + paint.rgb(ink["paper"]) * 0.28
    land = np.clip((f - sea) / steep + 0.5, 0, 1)[..., None]
    rise = np.clip((f - sea) / 2.4, 0, 1)[..., None]
    out += (paint.rgb(ink["land"]) * (1 - rise) + paint.rgb(ink["paper"]) * rise - out) * land
    off = (f - sea) / every
    near = np.abs(off - np.round(off)) * every / steep
    thick = np.where(np.round(off) % 5 == 0, 1.7, 0.9) * height / 1100
    line = np.clip(thick + 0.5 - near, 0, 1) * (0.75 - 0.45 * land[..., 0])
    out += (paint.rgb(ink["ink"]) - out) * line[..., None]
    coast = np.clip(2.4 * height / 1100 + 0.5 - np.abs(f - sea) / steep, 0, 1)
    if season == 2:
        halo = np.exp(-np.abs(f - sea) / 0.10)[..., None] * (0.45 - 0.2 * land)
        out += (paint.rgb(ink["shore"]) * 0.8 - out * 0.3) * halo
    out += (paint.rgb(ink["shore"]) - out) * coast[..., None]
    return out


def furniture(width, height, season, chart, words=True, margin=26):
    """What an engraver adds: frame with its scale, rhumb lines, a rose, soundings, names. A transparent sheet."""
    ink = inks(season)
    rng = paint.rng_for("furniture " + chart["name"])
    solid = tuple(int(v) for v in paint.rgb(ink["ink"]))
    accent = tuple(int(v) for v in paint.rgb(ink["accent"]))
    u = height / 720

    def lines(draw, s):
        cx, cy = width * 0.84 * s, height * 0.66 * s
        for k in range(16):
            a = math.pi * k / 8
            draw.line((cx, cy, cx + 3000 * s * math.cos(a), cy + 3000 * s * math.sin(a)), fill=solid + (46,), width=s)
        for r, fill in ((74, solid), (70, solid), (52, solid)):
            draw.ellipse((cx - r * u * s, cy - r * u * s, cx + r * u * s, cy + r * u * s), outline=fill + (190,), width=s)
        for k in range(72):
            a, r0 = math.pi * k / 36, 62 if k % 6 else 56
            draw.line((cx + r0 * u * s * math.cos(a), cy + r0 * u * s * math.sin(a), cx + 70 * u * s * math.cos(a), cy + 70 * u * s * math.sin(a)), fill=solid + (190,), width=s)
        for k in range(8):
            a, r = math.pi * k / 4 - math.pi / 2, (66 if k % 2 == 0 else 42) * u * s
            tip, side = (cx + r * math.cos(a), cy + r * math.sin(a)), 9 * u * s
            left = (cx + side * math.cos(a + 0.785), cy + side * math.sin(a + 0.785))
            right = (cx + side * math.cos(a - 0.785), cy + side * math.sin(a - 0.785))
            draw.polygon([tip, (cx, cy), left], fill=(accent if k == 0 else solid) + (235,))
            draw.polygon([tip, (cx, cy), right], fill=(accent if k == 0 else solid) + (90,))
        m = margin * u * s
        w, h = width * s, height * s
        paper = tuple(int(v) for v in paint.rgb(ink["paper"])) + (255,)
        for box in ((0, 0, w, m), (0, h - m, w, h), (0, 0, m, h), (w - m, 0, w, h)):
            draw.rectangle(box, fill=paper)
        draw.rectangle((m, m, w - m, h - m), outline=solid + (255,), width=s)
        i = m * 0.66
        draw.rectangle((i, i, w - i, h - i), outline=solid + (255,), width=2 * s)
        step, k, at = 40 * u * s, 0, m
        while at < w - m:
            if k % 2:
                for y in (i, h - m):
                    draw.rectangle((at, y, min(at + step, w - m), y + m - i), fill=solid + (255,))
            at, k = at + step, k + 1
        k, at = 0, m
        while at < h - m:
            if k % 2:
                for x in (i, w - m):
                    draw.rectangle((x, at, x + m - i, min(at + step, h - m)), fill=solid + (255,))
            at, k = at + step, k + 1

    sheet = paint.smoothed(width, height, lines)
    f = depth(width // 8, height // 8, 6.0, chart)
    for _ in range(90):
        x, y = rng.uniform(0.06, 0.94), rng.uniform(0.08, 0.92)
        z = chart["level"] - f[int(y * (f.shape[0] - 1)), int(x * (f.shape[1] - 1))]
        if z > 0.3 and not (0.74 < x < 0.94 and 0.5 < y < 0.82):
            paint.write(sheet, str(int(3 + z * 19)), "serif", round(15 * u), x * width, y * height, ink["ink"], 0, "middle", 0.72)
    if words:
        for text, x, y, size in chart["words"]:
            colour = ink["accent"] if size > 30 and season == 2 else ink["ink"]
            paint.write(sheet, text, "italic", round(size * u), x * width, y * height, colour, 0.08 if size > 30 else 0.03, "middle")
    return sheet


def frames(season, chart):
    """The film: the field is found coarsely, enlarged, and coloured by table."""
    y_table, u_table, v_table = paint.tables(sheet_table(season, chart))
    k = 0
    while True:
        t = 2 + k / 15 * 1.3
        f = depth(160, 90, t, chart)
        big = np.asarray(Image.fromarray(f).resize((640, 360), Image.BICUBIC))
        index = np.clip(big * (4095 / 6.4) + 2047.5, 0, 4095).astype("u2")
        small = np.ascontiguousarray(index[::2, ::2])
        yield y_table[index], u_table[small], v_table[small]
        k += 1


def music(season, number):
    """Surf and a harp by day; surf, a horn and a buoy by night."""
    rng = paint.rng_for(f"tidelines sound {season} {number}")
    track = sound.silence(SECONDS)
    sound.lay(track, sound.noise(SECONDS, rng, 90, 1400, 3, 0.85, 0.13 + 0.02 * number), 0, 0.30)
    root = [(50, 53, 48), (45, 41, 47)][season - 1][number - 1]
    mode = [0, 2, 4, 7, 9, 12, 14, 16] if season == 1 else [0, 2, 3, 7, 10, 12, 14, 15]
    sound.lay(track, sound.pad([root - 12, root - 5, root + mode[2]], 11, rng, 3, 4, 0.3), 0, 0.35)
    sound.lay(track, sound.pad([root - 7, root, root + mode[3]], 11, rng, 3, 4, 0.3), 9, 0.35)
    at, k = 1.6, 0
    while at < SECONDS - 2.5:
        if season == 1:
            for j in range(rng.integers(2, 5)):
                sound.lay(track, sound.pluck(root + 12 + mode[(k * 2 + j * 2) % 8], 2.2, 1.4), at + j * 0.17, 0.22, rng.uniform(-0.6, 0.6))
            at += rng.uniform(1.5, 2.6)
        else:
            sound.lay(track, sound.bell(root + 24 + mode[(k * 3) % 8], 4), at, 0.11, rng.uniform(-0.7, 0.7))
            at += rng.uniform(1.3, 2.9)
        k += 1
    return sound.master(sound.room(track, rng, 3.2, 0.4))


def card(season, number, texts):
    """The cartouche with the plate's number and title."""
    ink = inks(season)
    sheet = paint.clear()
    chart = CHARTS[(season, number)]

    def box(draw, s):
        fill = tuple(int(v) for v in paint.rgb(ink["paper"])) + (255,)
        line = tuple(int(v) for v in paint.rgb(ink["ink"])) + (255,)
        draw.rectangle((380 * s, 236 * s, 900 * s, 484 * s), fill=fill, outline=line, width=3 * s)
        draw.rectangle((390 * s, 246 * s, 890 * s, 474 * s), outline=line, width=s)

    sheet.alpha_composite(paint.smoothed(1280, 720, box))
    paint.write(sheet, "TIDELINES", "spartan", 19, 640, 296, ink["accent"], 0.6, "middle")
    size = paint.fit(texts["title"], "italic", 440, 0.0, 66)
    paint.write(sheet, texts["title"], "italic", size, 640, 376, ink["ink"], 0, "middle")
    paint.write(sheet, f"Plate {['I', 'II', 'III', 'IV', 'V', 'VI'][(season - 1) * 3 + number - 1]}  ·  {chart['place']}", "serif", 23, 640, 432, ink["ink"], 0.06, "middle")
    return sheet


def episode(season, number, texts):
    """An episode, ready to encode."""
    chart = CHARTS[(season, number)]
    overlays = [Overlay(furniture(1280, 720, season, chart, words=True), fade_in=0), Overlay(card(season, number, texts), 0.3, 3.0)]
    return Film(frames(season, chart), (640, 360), RATE, SECONDS, music(season, number), overlays=overlays, crf=24,
                fade=(0.5, 1.5), ground="0xf1e8d4" if season == 1 else "0x0d1426", faststart=number != 2)


def still(season, number):
    """An episode's picture."""
    chart = CHARTS[(season, number)]
    image = paint.picture(fine(1280, 720, 14, season, chart)).convert("RGBA")
    image.alpha_composite(furniture(1280, 720, season, chart))
    return paint.grain(image, paint.rng_for("still " + chart["name"]), 3)


def plate(season, number, title, line, t=9.0, level=None):
    """A poster: one tall chart with a paper foot for the words."""
    ink, chart = inks(season), dict(CHARTS[(season, number)])
    chart["level"] = chart["level"] if level is None else level
    image = paint.picture(fine(800, 1200, t, season, dict(chart, scale=chart["scale"] * 1.25), 800 / 1200)).convert("RGBA")

    def frame(draw, s):
        paper = tuple(int(v) for v in paint.rgb(ink["paper"])) + (255,)
        solid = tuple(int(v) for v in paint.rgb(ink["ink"])) + (255,)
        faint = solid[:3] + (60,)
        cx, cy = 560 * s, 350 * s
        for k in range(16):
            a = math.pi * k / 8
            draw.line((cx, cy, cx + 2000 * s * math.cos(a), cy + 2000 * s * math.sin(a)), fill=faint, width=s)
        accent = tuple(int(v) for v in paint.rgb(ink["accent"]))
        for r in (120, 114, 84):
            draw.ellipse((cx - r * s, cy - r * s, cx + r * s, cy + r * s), outline=solid, width=2 * s)
        for k in range(72):
            a, r0 = math.pi * k / 36, 100 if k % 6 else 92
            draw.line((cx + r0 * s * math.cos(a), cy + r0 * s * math.sin(a), cx + 114 * s * math.cos(a), cy + 114 * s * math.sin(a)), fill=solid, width=s)
        for k in (1, 3, 5, 7, 0, 2, 4, 6):
            a, r = math.pi * k / 4 - math.pi / 2, (108 if k % 2 == 0 else 68) * s
            side = 16 * s
            tip = (cx + r * math.cos(a), cy + r * math.sin(a))
            draw.polygon([tip, (cx, cy), (cx + side * math.cos(a + 0.785), cy + side * math.sin(a + 0.785))], fill=(accent + (255,) if k == 0 else solid))
            draw.polygon([tip, (cx, cy), (cx + side * math.cos(a - 0.785), cy + side * math.sin(a - 0.785))], fill=paper)
        draw.rectangle((0, 905 * s, 800 * s, 1200 * s), fill=paper)
        for b in ((0, 0, 800, 30), (0, 0, 30, 1200), (770, 0, 800, 1200), (0, 1170, 800, 1200)):
            draw.rectangle(tuple(v * s for v in b), fill=paper)
        draw.rectangle((30 * s, 30 * s, 770 * s, 1170 * s), outline=solid, width=3 * s)
        draw.rectangle((40 * s, 40 * s, 760 * s, 905 * s), outline=solid, width=s)
        for k in range(18):
            if k % 2:
                draw.rectangle(((40 + k * 40) * s, 30 * s, (80 + k * 40) * s, 40 * s), fill=solid)
        for k in range(22):
            if k % 2:
                for x in (30, 760):
                    draw.rectangle((x * s, (40 + k * 40) * s, (x + 10) * s, min(905, 80 + k * 40) * s), fill=solid)
        draw.line((30 * s, 905 * s, 770 * s, 905 * s), fill=solid, width=3 * s)

    image.alpha_composite(paint.smoothed(800, 1200, frame))
    image = image.convert("RGB")
    size = paint.fit(title, "italic", 640, 0.0, 168)
    paint.write(image, title, "italic", size, 400, 1052, ink["ink"], 0, "middle")
    paint.write(image, line, "spartan", 18, 400, 1116, ink["accent"], 0.34, "middle")
    return paint.grain(image, paint.rng_for(f"plate {season} {number}"), 4)


def poster(texts):
    """The series."""
    return plate(1, 2, "Tidelines", "AN ATLAS OF WATERS THAT ARE NOT", 4.0, 0.85)


def season_poster(season, texts):
    """A season."""
    return plate(1, 1, "Day Charts", "TIDELINES · PLATES I TO III", 16.0, 0.75) if season == 1 else plate(2, 2, "Night Charts", "TIDELINES · PLATES IV TO VI", 9.0, 0.3)


def backdrop():
    """Wide: the same coast by night and by day, folded along a slanted crease."""
    chart = dict(CHARTS[(1, 2)], level=0.7)
    day, night = fine(1600, 900, 5.0, 1, chart), fine(1600, 900, 5.0, 2, chart)
    y, x = np.mgrid[0:900, 0:1600].astype("f4")
    edge = x - 0.30 * (450 - y) - 860
    mix = np.clip(edge + 0.5, 0, 1)[..., None]
    crease = 1 - 0.35 * np.exp(-np.abs(edge) / 26)[..., None]
    return paint.grain(paint.picture((night + (day - night) * mix) * crease), paint.rng_for("tidelines wide"), 3)
