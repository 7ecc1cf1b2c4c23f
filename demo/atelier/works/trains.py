"""Night Trains: a lit train in cut paper; the country goes by, the passengers do not."""
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 20, "25"
W, H = 1280, 720
RAIL = 470  # the height of the rails, in rows from the top
# For each episode: sky stops; the moon or sun (x, y, radius, colour); far to near: kind, colour, base row, rise, speed.
LINES = {
    (1, 1): dict(sky=[(0, "#070b1e"), (0.5, "#1a2148"), (0.72, "#4a3a66"), (1, "#e08a5c")], disc=(980, 150, 34, "#f3e6c4"), stars=150, snow=0,
                 layers=[("hills", "#2b2a50", 430, 110, 1), ("city", "#1e1d3e", 470, 190, 2), ("city", "#141430", 480, 120, 3)], near=("poles", "#05060f", 8), ground="#0d0e24", wet=False),
    (1, 2): dict(sky=[(0, "#0a1330"), (0.5, "#1d3560"), (0.8, "#4c6f94"), (1, "#8fb0c4")], disc=(330, 170, 58, "#eef3ee"), stars=120, snow=0,
                 layers=[("peaks", "#6f93b2", 440, 300, 1), ("peaks", "#3f638a", 500, 240, 2), ("firs", "#1d3657", 560, 130, 3)], near=("firs", "#071225", 7), ground="#10233f", wet=False, viaduct=True),
    (1, 3): dict(sky=[(0, "#1a2233"), (0.6, "#3d4c63"), (1, "#8a99a8")], disc=(900, 210, 44, "#c9d3d8"), stars=0, snow=260,
                 layers=[("hills", "#5d6f84", 450, 120, 1), ("firs", "#3d4f66", 470, 150, 2), ("firs", "#26364b", 490, 120, 4)], near=("firs", "#0d1624", 8), ground="#c4d0d8", wet=False),
    (2, 1): dict(sky=[(0, "#20204a"), (0.5, "#6a3f72"), (0.78, "#d9707a"), (1, "#ffc38a")], disc=(1010, 420, 70, "#ffd9a0"), stars=40, snow=0,
                 layers=[("hills", "#8a4a74", 440, 70, 1), ("pylons", "#5c3262", 470, 170, 2), ("fields", "#3f2450", 480, 50, 3)], near=("reeds", "#170d26", 8), ground="#2a173c", wet=False),
    (2, 2): dict(sky=[(0, "#1f4a5c"), (0.5, "#4f9a98"), (0.8, "#c9dcae"), (1, "#ffe2a6")], disc=(400, 330, 62, "#fff3cf"), stars=0, snow=0,
                 layers=[("hills", "#6fae9f", 440, 90, 1), ("cypress", "#357a78", 462, 120, 2), ("campanile", "#1f5a60", 466, 150, 3)], near=("reeds", "#0b2b33", 8), ground="#164a52", wet=True),
    (2, 3): dict(sky=[(0, "#34508f"), (0.36, "#b9718f"), (0.68, "#ee8d6c"), (1, "#ffbf7a")], disc=(760, 400, 104, "#fff3d2"), haze=0.14, stars=0, snow=0,
                 layers=[("islands", "#c9808c", 446, 110, 1), ("islands", "#93577a", 460, 80, 2), ("cypress", "#5a3862", 466, 90, 3)], near=("palms", "#24183a", 7), ground="#7a4468", wet=True),
}


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
    long, tall = 196, 52
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


def sky_of(line, width=W, height=H, unit=1.0, name="sky", horizon=None, shift=(0, 0)):
    """Sky, stars and the moon or sun, RGB."""
    rng = paint.rng_for(name)
    base = paint.gradient(width, height, [(a * (horizon or 0.70), c) for a, c in line["sky"]])
    y, x = np.mgrid[0:height, 0:width].astype("f4")
    dx, dy, radius, colour = line["disc"]
    d = np.hypot(x - (dx * unit + shift[0]), y - (dy * unit + shift[1]))
    base += (np.exp(-d / (radius * unit * 2.6)) * line.get("haze", 0.50))[..., None] * paint.rgb(colour)
    for r in (3.1, 2.1):
        base += (np.clip(radius * r * unit - d, 0, 1) * 0.05)[..., None] * paint.rgb(colour)
    mask = np.clip(radius * unit - d + 0.5, 0, 1)[..., None]
    base += (paint.rgb(colour) - base) * mask
    for _ in range(line["stars"]):
        sx, sy, b = int(rng.integers(0, width - 2)), int(rng.random() ** 1.4 * height * 0.5), rng.random() ** 2
        n = 2 if b > 0.5 and unit >= 1 else 1
        base[sy : sy + n, sx : sx + n] += 60 + 150 * b
    base += rng.uniform(-1.2, 1.2, base.shape[:2]).astype("f4")[..., None]
    return paint.picture(base)


class Layer:
    """A strip ready to be laid over planes: premultiplied Y, U, V and coverage, twice for odd columns."""

    def __init__(self, image):
        a = np.asarray(image, "f4")
        alpha = a[..., 3] / 255
        rows = np.nonzero(alpha.max(1) > 0)[0]
        self.top = int(rows[0]) // 2 * 2
        a, alpha = a[self.top :], alpha[self.top :]
        solid = np.nonzero(alpha.min(1) < 1)[0]
        self.soft = (int(solid[-1]) + 2) // 2 * 2 if solid.size else 0
        self.length = a.shape[1]
        y, u, v = [p * alpha for p in paint.yuv(a[..., :3])]
        self.y = self.loop(y)
        self.hold = self.loop(256 * (1 - alpha))
        self.chroma = []
        for phase in (0, 1):
            half = lambda p: self.loop(self.quarter(np.roll(p, -phase, 1)), W // 2)
            self.chroma.append((half(u), half(v), half(256 * (1 - alpha))))

    def quarter(self, p):
        """Two by two means."""
        p = p[: p.shape[0] // 2 * 2]
        return (p[0::2, 0::2] + p[1::2, 0::2] + p[0::2, 1::2] + p[1::2, 1::2]) / 4

    def loop(self, p, more=W):
        """The strip followed by its own beginning, so any window is one slice."""
        return np.concatenate([p, p[:, :more]], 1).astype("u2")

    def over(self, planes, shift, drop=0):
        """Lays the strip, `shift` columns on, over the Y, U, V planes."""
        shift = int(shift) % self.length
        self.blend(planes[0], self.y, self.hold, shift, W, self.top + drop, self.soft)
        u, v, hold = self.chroma[shift % 2]
        self.blend(planes[1], u, hold, shift // 2, W // 2, (self.top + drop) // 2, self.soft // 2)
        self.blend(planes[2], v, hold, shift // 2, W // 2, (self.top + drop) // 2, self.soft // 2)

    def blend(self, plane, colour, hold, x, width, top, soft):
        """One plane: mixed where the paper has an edge, copied where it is whole."""
        n = min(plane.shape[0] - top, colour.shape[0])
        soft = min(soft, n)
        part = plane[top : top + soft]
        mixed = part * hold[:soft, x : x + width]
        mixed >>= 8
        mixed += colour[:soft, x : x + width]
        part[:] = mixed
        plane[top + soft : top + n] = colour[soft:n, x : x + width]


class Sprite:
    """The train as premultiplied planes; laid only at even columns, so chroma stays true."""

    def __init__(self, image):
        w, h = image.width // 2 * 2, image.height // 2 * 2
        a = np.asarray(image.crop((0, 0, w, h)), "f4")
        alpha = a[..., 3] / 255
        y, u, v = [p * alpha for p in paint.yuv(a[..., :3])]
        half = lambda p: (p[0::2, 0::2] + p[1::2, 0::2] + p[0::2, 1::2] + p[1::2, 1::2]) / 4
        self.parts = [(y.astype("u2"), (256 * (1 - alpha)).astype("u2")), (half(u).astype("u2"), half(256 * (1 - alpha)).astype("u2")), (half(v).astype("u2"), half(256 * (1 - alpha)).astype("u2"))]

    def over(self, planes, x, y):
        """Lays the sprite with its corner at an even (x, y), cut at the edges."""
        for plane, (colour, hold), f in zip(planes, self.parts, (1, 2, 2)):
            px, py = x // f, y // f
            a, b = max(0, -px), min(colour.shape[1], plane.shape[1] - px)
            if a >= b:
                continue
            part = plane[py : py + colour.shape[0], px + a : px + b]
            part[:] = ((part * hold[:, a:b]) >> 8) + colour[:, a:b]


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


def layers_of(line, season, number, unit=1.0, width=None, height=H):
    """The far layers, the rails and the near layer as strips."""
    length = width or 1920
    far = []
    for i, (kind, colour, base, rise, speed) in enumerate(line["layers"]):
        far.append((strip(kind, colour, base * unit, rise * unit, length, f"train {season} {number} {i}", unit, height), speed))
    kind, colour, speed = line["near"]
    rise = {"poles": 330, "firs": 190, "reeds": 110, "palms": 400}[kind]
    near = strip(kind, colour, (704 if kind != "poles" else 730) * unit, rise * unit, length, f"train {season} {number} near", unit, height)
    return far, bridge(line, length, unit, height), (near, speed)


def frames(season, number):
    """The film: strips slide past at whole pixels a frame, the train drifts between them."""
    line = LINES[(season, number)]
    far, rails, (near, near_speed) = layers_of(line, season, number)
    sky = [p for p in paint.planes_of(sky_of(line, name=f"sky {season} {number}"))]
    still = [np.array(p) for p in sky]
    far = [(Layer(i), s) for i, s in far]
    rails, near = Layer(rails), Layer(near)
    sprite = Sprite(train())
    rng = paint.rng_for(f"snow {season} {number}")
    flakes = rng.random((line["snow"], 4))
    water = RAIL + 20
    k = 0
    while True:
        planes = [np.array(p) for p in still]
        for layer, speed in far:
            layer.over(planes, k * speed)
        if line["wet"]:
            # The lake repeats what stands over it: rows mirrored, darkened, swaying.
            deep = np.arange(H - water)
            for p, f in zip(planes, (1, 2, 2)):
                rows = deep[: (H - water) // f]
                source = water // f - 1 - np.clip((rows * 1.15).astype(int), 0, water // f - 2)
                p[water // f :] = p[source]
            planes[0][water:] = (planes[0][water:].astype("u2") * 200 >> 8) + 6
        x = int(-120 + 40 * math.sin(k / 190)) // 2 * 2
        if line["wet"]:
            lamp = 0.5 + 0.5 * math.sin(k * 0.9)
        rails.over(planes, k * 6)
        sprite.over(planes, x, RAIL - 66 - (1 if k % 12 == 0 else 0) * 2)
        if line["wet"]:
            top, rows = RAIL + 48, 84
            image = planes[0][RAIL - 70 : RAIL - 70 + rows][::-1]
            lit = np.maximum(image.astype("i2") - 95, 0)
            for r in range(rows):
                lit[r] = np.roll(lit[r], int(5 * math.sin(r * 0.7 + k * 0.22)))
            planes[0][top : top + rows] = np.minimum(planes[0][top : top + rows] + (lit * 0.45).astype("u1"), 235)
        if line["snow"]:
            for size, depth in ((2, 0), (3, 1)):
                part = flakes[depth::2]
                fx = ((part[:, 0] * (W + 40) - k * (3 + 5 * depth + 2 * part[:, 2])) % (W + 8)).astype(int) - 4
                fy = ((part[:, 1] * H + k * (1.6 + depth + 1.5 * part[:, 3])) % H).astype(int)
                for a in range(size):
                    for b in range(size):
                        planes[0][np.clip(fy + a, 0, H - 1), np.clip(fx + b, 0, W - 1)] = 205
        near.over(planes, k * near_speed * 2)
        yield tuple(planes)
        k += 1


def composed(season, number, width, height, unit, rail_at, shift, cars=6, train_x=-60, crop_near=True, disc=None):
    """A still of an episode's country at any size: `unit` enlarges everything, `rail_at` is the rails' row."""
    line = dict(LINES[(season, number)])
    if disc:
        line["disc"] = disc + (line["disc"][3],)
    tall = int(H * unit)
    offset = rail_at - int(RAIL * unit)
    far, rails, (near, _) = layers_of(line, season, number, unit, width, tall)
    image = sky_of(line, width, height, unit, f"sky {season} {number} {width}", horizon=(rail_at + 0.02 * height) / height, shift=(shift, offset)).convert("RGBA")

    def fit_on(layer):
        sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        sheet.paste(layer, (0, offset))
        foot = offset + tall
        if foot < height:
            last = layer.crop((0, tall - 1, width, tall)).resize((width, height - foot))
            sheet.paste(last, (0, foot))
        image.alpha_composite(sheet)

    for layer, _ in far:
        fit_on(layer)
    water = rail_at + int(20 * unit)
    fit_on(rails)
    image.alpha_composite(train(cars, unit), (0, rail_at - int(66 * unit)), (max(0, -train_x), 0)) if train_x <= 0 else image.alpha_composite(train(cars, unit), (train_x, rail_at - int(66 * unit)))
    if line["wet"]:
        a = np.asarray(image.convert("RGB"), "f4")
        deep = height - water
        rows = np.arange(deep)
        source = np.clip(water - 1 - (rows * 1.1).astype(int), 0, water - 1)
        mirror = a[source]
        sway = (4 * unit * np.sin(rows / unit * 0.5) * (0.3 + rows / deep)).astype(int)
        columns = (np.arange(width)[None, :] + sway[:, None]) % width
        mirror = np.take_along_axis(mirror, columns[..., None], 1)
        tint = paint.rgb(line["ground"])
        mix = (0.25 + 0.45 * rows / deep)[:, None, None]
        out = a.copy()
        out[water:] = mirror * (1 - mix) + tint * mix
        image = paint.picture(out).convert("RGBA")
    if crop_near:
        fit_on(near)
    if line["snow"]:
        rng = paint.rng_for("snow still")
        def flakes(draw, s):
            for _ in range(int(line["snow"] * width * height / 921600 * 1.2)):
                x, y, r = rng.random() * width * s, rng.random() * height * s, (0.8 + 2.2 * rng.random() ** 3) * unit * s
                draw.ellipse((x - r, y - r, x + r, y + r), fill=(240, 245, 248, int(120 + 120 * rng.random())))
        image.alpha_composite(paint.smoothed(width, height, flakes))
    return paint.grain(paint.glow(image.convert("RGB"), 16 * unit, 0.10), paint.rng_for("grain"), 3)


def music(season, number):
    """Wheels over joints, a low chord, and a phrase for the country outside."""
    rng = paint.rng_for(f"trains sound {season} {number}")
    track = sound.silence(SECONDS)
    sound.lay(track, sound.noise(SECONDS, rng, 40, 340, 3, 0.2), 0, 0.34)
    click = sound.noise(0.16, rng, 90, 900, 3)[0] * np.exp(-np.arange(int(0.16 * sound.RATE)) / 1900).astype("f4")
    at = 0.4
    while at < SECONDS - 0.8:
        for d, g in ((0, 0.5), (0.14, 0.36), (0.52, 0.2), (0.66, 0.15)):
            sound.lay(track, click, at + d, g, 0.3 * math.sin(at))
        at += 1.28
    root = [(38, 36, 40), (41, 43, 45)][season - 1][number - 1]
    third = 3 if season == 1 else 4
    sound.lay(track, sound.pad([root, root + 7, root + 12 + third], 11, rng, 2.5, 4, 0.3), 0, 0.32)
    sound.lay(track, sound.pad([root - 4 if season == 1 else root + 5, root + 12, root + 17], 11.5, rng, 3, 4, 0.3), 8.5, 0.32)
    phrase = [(12, 14, 12 + third, 19, 17, 24), (24, 19, 21, 12 + third + 12, 19, 26)][season - 1]
    for k in range(10):
        note = root + 12 + phrase[(k * (number + 1)) % 6]
        key = sound.pluck(note, 2.6, 1.0) if season == 2 else sound.partials(sound.hertz(note), 3.4, [(1, 1, 1.4), (2, 0.3, 0.8), (3, 0.12, 0.5)])
        sound.lay(track, key, 1.9 + k * 1.28 * 1.25, 0.17, rng.uniform(-0.5, 0.5))
    if season == 1 and number == 1:
        for f in (311.1, 370.0):
            sound.lay(track, sound.partials(f, 1.6, [(1, 1, 2.5), (2, 0.4, 2.0), (3, 0.2, 1.5)]), 13.2, 0.05, -0.6)
    return sound.master(sound.room(track, rng, 2.2, 0.3))


def card(season, number, texts):
    """The title card, set like a departure board."""
    sheet = paint.clear()
    hours = {(1, 1): "23:04", (1, 2): "01:47", (1, 3): "03:20", (2, 1): "04:52", (2, 2): "05:38", (2, 3): "06:15"}
    paint.write(sheet, hours[(season, number)], "bebas", 150, 84, 210, "#fff2d8", 0.02)
    paint.write(sheet, texts["title"], "italic", 60, 90, 282, "#fff2d8", 0)
    return sheet


def episode(season, number, texts):
    """An episode, ready to encode."""
    return Film(frames(season, number), (W, H), RATE, SECONDS, music(season, number), overlays=[Overlay(card(season, number, texts), 0.5, 3.2)],
                fade=(0.6, 1.6), crf=22, faststart=number != 3)


def still(season, number):
    """An episode's picture."""
    return composed(season, number, W, H, 1.0, RAIL, 0, 6, -120)


def poster(texts):
    """The series: the viaduct by moonlight, seen from far down."""
    image = composed(1, 2, 800, 1200, 1.25, 850, 0, 4, -150, True, disc=(452, 236, 78))
    paint.write(image, "NIGHT", "bebas", 236, 400, 236, "#f4f5ec", 0.06, "middle")
    paint.write(image, "trains", "italic", 120, 400, 334, "#ffd08a", 0.0, "middle")
    return image


def season_poster(season, texts):
    """A season."""
    if season == 1:
        image = composed(1, 3, 800, 1200, 1.25, 880, 0, 4, -190, True, disc=(430, 190, 74))
        paint.write(image, "WINTER", "bebas", 220, 400, 236, "#f2f5f5", 0.06, "middle")
        paint.write(image, "night trains, season one", "italic", 46, 400, 306, "#ffd9a0", 0.01, "middle")
    else:
        image = composed(2, 3, 800, 1200, 1.25, 850, 0, 4, -190, True, disc=(330, 372, 150))
        paint.write(image, "SOUTHWARD", "bebas", paint.fit("SOUTHWARD", "bebas", 680, 0.05), 400, 236, "#fff6dc", 0.05, "middle")
        paint.write(image, "night trains, season two", "italic", 50, 400, 310, "#fff0c8", 0.01, "middle")
    return image


def backdrop():
    """Wide: the lagoon, no words."""
    return composed(2, 2, 1600, 900, 1.25, 560, 0, 6, -60)
