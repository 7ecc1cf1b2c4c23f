"""The country Night Trains crosses: hills, towns, trees, the train itself, all cut from paper."""
import math

import numpy as np
from PIL import Image, ImageDraw

from . import paint

H = 720
RAIL = 470  # the height of the rails, in rows from the top


def outline(kind, rng, length, rise):
    """A periodic sky line, `length` columns, in pixels above its base."""
    x = np.arange(length) / length * 2 * np.pi
    line = np.zeros(length)
    if kind in ("hills", "fields", "islands"):
        for k in range(1, 9):
            line += np.sin(k * x + rng.uniform(0, 6.28)) / k**1.25
        line = (line - line.min()) / np.ptp(line)
        if kind == "islands":
            line = np.clip(line - 0.45, 0, 1) / 0.55
        return line * rise
    if kind == "peaks":
        for o in range(6):
            n = 5 * 2**o
            knots = rng.random(n)
            line += np.interp(np.arange(length) * n / length, np.arange(n + 1), np.append(knots, knots[0])) * 0.5**o
        line = (line - line.min()) / np.ptp(line)
        return line**1.3 * rise
    for k in range(1, 6):
        line += np.sin(k * x + rng.uniform(0, 6.28)) / k
    return (line - line.min()) / np.ptp(line) * rise * 0.22


def strip(kind, colour, base, rise, length, name, unit=1.0, height=H):
    """A long periodic layer in cut paper, as an RGBA picture `length` by `height` pixels."""
    rng = paint.rng_for(name)
    s = 2
    ink = tuple(int(v) for v in paint.rgb(colour)) + (255,)
    image = Image.new("RGBA", (length * s, height * s), ink[:3] + (0,))
    draw = ImageDraw.Draw(image)
    line = outline(kind, rng, length, rise)
    top = [(x * s, (base - line[x]) * s) for x in range(0, length, 2)] + [(length * s, (base - line[0]) * s)]
    draw.polygon([(0, height * s)] + top + [(length * s, height * s)], fill=ink)

    def each(step_low, step_high):
        x = 20 * unit
        while x < length - 40 * unit:
            yield x, base - line[int(x) % length]
            x += rng.uniform(step_low, step_high) * unit

    def poly(points):
        draw.polygon([(x * s, y * s) for x, y in points], fill=ink)

    if kind == "firs":
        for x, y in each(9, 34):
            tall = rise * rng.uniform(0.35, 0.9)
            half = tall * 0.19
            for k in range(6):
                a = y - tall + tall * k / 6
                b = half * (k + 1.2) / 6
                poly([(x, a - tall * 0.05), (x - b, a + tall * 0.2), (x + b, a + tall * 0.2)])
            poly([(x - 2, y - tall * 0.1), (x + 2, y - tall * 0.1), (x + 2, y + 20), (x - 2, y + 20)])
    elif kind == "city":
        lamps = [(255, 214, 140), (255, 180, 96), (190, 220, 255)]
        for x, y in each(26, 70):
            wide, tall = rng.uniform(26, 66) * unit, rise * rng.uniform(0.25, 1.0) ** 1.3
            poly([(x, y - tall), (x + wide, y - tall), (x + wide, base + 40), (x, base + 40)])
            if rng.random() < 0.3:
                poly([(x + wide * 0.5, y - tall - 24 * unit), (x + wide * 0.5 + 2, y - tall - 24 * unit), (x + wide * 0.5 + 2, y - tall), (x + wide * 0.5, y - tall)])
            for wy in np.arange(y - tall + 8 * unit, base - 6, 11 * unit):
                for wx in np.arange(x + 5 * unit, x + wide - 6 * unit, 9 * unit):
                    if rng.random() < 0.26:
                        c = lamps[rng.integers(0, 3)]
                        b = rng.uniform(0.45, 1)
                        draw.rectangle((wx * s, wy * s, (wx + 3.6 * unit) * s, (wy + 5.5 * unit) * s), fill=tuple(int(v * b) for v in c) + (255,))
    elif kind == "pylons":
        posts = [(x, y) for x, y in each(210, 250)]
        for x, y in posts:
            t = rise
            for a in (-1, 1):
                draw.line(((x + a * 17 * unit) * s, y * s, x * s, (y - t) * s), fill=ink, width=round(2.4 * s * unit))
            for k, wide in ((0.62, 26), (0.76, 34), (0.9, 22)):
                draw.line(((x - wide * unit) * s, (y - t * k) * s, (x + wide * unit) * s, (y - t * k) * s), fill=ink, width=round(2 * s * unit))
            for k in range(5):
                q = k / 5
                draw.line(((x - 17 * unit * (1 - q)) * s, (y - t * q) * s, (x + 17 * unit * (0.8 - q)) * s, (y - t * (q + 0.2)) * s), fill=ink, width=s)
        for (x, y), (x2, y2) in zip(posts, posts[1:] + [(posts[0][0] + length, posts[0][1])]):
            for k, wide in ((0.62, 26), (0.62, -26), (0.76, 34), (0.76, -34)):
                pts = [((x + (x2 - x) * q + wide * unit) * s, ((y - rise * k) + (y2 - y) * q + 60 * unit * q * (1 - q)) * s) for q in np.linspace(0, 1, 16)]
                draw.line(pts, fill=ink, width=s)
                draw.line([(px - length * s, py) for px, py in pts], fill=ink, width=s)
    elif kind == "cypress":
        for x, y in each(24, 130):
            tall = rise * rng.uniform(0.4, 1)
            half = tall * 0.10
            poly([(x + half * math.sin(q * math.pi) ** 0.8 * side, y - tall * q) for side, qs in ((1, np.linspace(0, 1, 12)), (-1, np.linspace(1, 0, 12))) for q in qs])
            if rng.random() < 0.25:
                w = 54 * unit
                poly([(x + 22, y - 22 * unit), (x + 22 + w / 2, y - 36 * unit), (x + 22 + w, y - 22 * unit), (x + 22 + w, y + 30), (x + 22, y + 30)])
    elif kind == "campanile":
        for x, y in each(60, 130):
            wide, tall = rng.uniform(40, 95) * unit, rise * rng.uniform(0.2, 0.42)
            poly([(x, y - tall), (x + wide / 2, y - tall - 14 * unit), (x + wide, y - tall), (x + wide, base + 30), (x, base + 30)])
            if rng.random() < 0.3:
                poly([(x, y), (x, y - rise), (x + 9 * unit, y - rise * 1.22), (x + 18 * unit, y - rise), (x + 18 * unit, y)])
            elif rng.random() < 0.3:
                r = wide * 0.42
                draw.pieslice(((x + wide / 2 - r) * s, (y - tall - r * 1.2) * s, (x + wide / 2 + r) * s, (y - tall + r) * s), 180, 360, fill=ink)
    elif kind == "reeds":
        for x, y in each(5, 26):
            tall, lean = rise * rng.uniform(0.3, 1), rng.uniform(-14, 14) * unit
            draw.line((x * s, (y + 6) * s, (x + lean) * s, (y - tall) * s), fill=ink, width=round(2 * s * unit))
            if rng.random() < 0.35:
                draw.ellipse(((x + lean - 3.4 * unit) * s, (y - tall - 8 * unit) * s, (x + lean + 3.4 * unit) * s, (y - tall + 18 * unit) * s), fill=ink)
    elif kind == "palms":
        for x, y in each(420, 760):
            tall, lean = rise * rng.uniform(0.75, 1.15), rng.uniform(-30, 30) * unit
            draw.line([(x * s, (y + 10) * s), ((x + lean * 0.3) * s, (y - tall * 0.5) * s), ((x + lean) * s, (y - tall) * s)], fill=ink, width=round(8 * s * unit))
            for k in range(11):
                a = math.pi * (k / 10) * 1.25 - math.pi * 1.125
                pts = [(x + lean + q * 92 * unit * math.cos(a), y - tall + q * 64 * unit * math.sin(a) + 58 * unit * q * q) for q in np.linspace(0, 1, 9)]
                back = [(px, py + 11 * unit * math.sin(math.pi * q)) for (px, py), q in zip(reversed(pts), np.linspace(1, 0, 9))]
                poly(pts + back)
    elif kind == "poles":
        for x, y in each(380, 420):
            draw.rectangle(((x - 4 * unit) * s, (y - rise) * s, (x + 4 * unit) * s, (y + 10) * s), fill=ink)
            draw.rectangle(((x - 4 * unit) * s, (y - rise + 12 * unit) * s, (x + 110 * unit) * s, (y - rise + 17 * unit) * s), fill=ink)
            draw.line(((x + 4) * s, (y - rise + 60 * unit) * s, (x + 104 * unit) * s, (y - rise + 16 * unit) * s), fill=ink, width=2 * s)
    return image.resize((length, height), Image.BOX)


def train(cars=6, unit=1.0, glow="#ffcf86", body="#0a0b18", stripe="#c8503a"):
    """The train as an RGBA picture: an engine and carriages, lamps lit, people in them."""
    rng = paint.rng_for("train")
    s = 2
    long = 196
    w, h = int((cars * (long + 8) + 190) * unit), int(74 * unit)
    image = Image.new("RGBA", (w * s, h * s), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    k = unit * s
    dark, line = tuple(int(v) for v in paint.rgb(body)) + (255,), tuple(int(v) for v in paint.rgb(stripe)) + (255,)
    warm = paint.rgb(glow)
    for c in range(cars + 1):
        x = c * (long + 8) * k
        length = (long if c < cars else 172) * k
        if c < cars:
            draw.rounded_rectangle((x, 6 * k, x + length, 58 * k), 7 * k, fill=dark)
            draw.rectangle((x + length, 38 * k, x + length + 8 * k, 52 * k), fill=dark)
        else:
            draw.polygon([(x, 6 * k), (x + length * 0.66, 6 * k), (x + length * 0.86, 16 * k), (x + length, 44 * k), (x + length, 58 * k), (x, 58 * k)], fill=dark)
        draw.rectangle((x + 2 * k, 45 * k, x + length - (2 if c < cars else 8) * k, 48 * k), fill=line)
        for wheel in (22, 40, length / k - 40, length / k - 22):
            draw.ellipse((x + (wheel - 7) * k, 53 * k, x + (wheel + 7) * k, 67 * k), fill=dark)
        if c == cars:
            draw.polygon([(x + length * 0.70, 14 * k), (x + length * 0.83, 18 * k), (x + length * 0.89, 30 * k), (x + length * 0.70, 30 * k)], fill=tuple(int(v) for v in warm * 0.9) + (255,))
            draw.ellipse((x + length - 13 * k, 45 * k, x + length - 4 * k, 54 * k), fill=(255, 244, 214, 255))
            continue
        for win in range(7):
            a = x + (13 + win * 25) * k
            lamp = tuple(int(v) for v in np.clip(warm * rng.uniform(0.82, 1.08), 0, 255)) + (255,)
            if rng.random() < 0.10:
                lamp = tuple(int(v) for v in paint.rgb(body) * 1.0 + warm * 0.12) + (255,)
            draw.rounded_rectangle((a, 16 * k, a + 19 * k, 38 * k), 3 * k, fill=lamp)
            if rng.random() < 0.42:
                px = a + rng.uniform(4, 12) * k
                draw.ellipse((px, 22 * k, px + 6.5 * k, 29 * k), fill=dark)
                draw.rounded_rectangle((px - 3 * k, 30 * k, px + 9 * k, 39 * k), 3 * k, fill=dark)
    return image.resize((w, h), Image.BOX)


def bridge(line, length, unit=1.0, height=H, rail=RAIL):
    """What carries the rails: an embankment, or arches for a viaduct, as an RGBA strip."""
    ink = tuple(int(v) for v in paint.rgb(line["ground"])) + (255,)
    s = 2
    image = Image.new("RGBA", (length * s, height * s), ink[:3] + (0,))
    draw = ImageDraw.Draw(image)
    k = unit * s
    top = rail * k
    if line.get("viaduct"):
        draw.rectangle((0, top, length * s, height * s), fill=ink)
        step = 160 * k
        for x in np.arange(0, length * s, step):
            draw.rounded_rectangle((x + 18 * k, top + 26 * k, x + step - 18 * k, height * s + 90 * k), 62 * k, fill=(0, 0, 0, 0))
    else:
        draw.rectangle((0, top, length * s, (rail + 22) * k if line["wet"] else height * s), fill=ink)
        if line["wet"]:
            for x in np.arange(0, length * s, 64 * k):
                draw.rectangle((x + 8 * k, top, x + 20 * k, top + 44 * k), fill=ink)
    light = tuple(min(255, int(v * 1.5 + 14)) for v in ink[:3]) + (255,)
    draw.rectangle((0, top, length * s, top + 3 * k), fill=light)
    return image.resize((length, height), Image.BOX)
