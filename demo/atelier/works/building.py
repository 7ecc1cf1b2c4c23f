"""The Building Opposite: one façade from dusk to dawn, and everyone who cannot sleep in it."""
import numpy as np
from PIL import Image, ImageDraw

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 204, "12000/1001"  # drawn on twos, as slow animation is
HOURS = [  # share of the film, sky top, sky foot, wall, how bright the street is
    (0.00, "#3a4a7c", "#f0a27a", "#5b4a63", 0.9), (0.16, "#1b2450", "#7a4a72", "#33304f", 0.7),
    (0.36, "#0a1030", "#1c2650", "#1b1f3c", 0.5), (0.72, "#070c26", "#161f44", "#161a35", 0.45),
    (0.88, "#2a3a68", "#b5748a", "#373555", 0.6), (1.00, "#7f9fc4", "#ffd2a0", "#76687c", 0.95),
]
COLUMNS, FLOORS = 10, 5
LEFT, TOP, STEP_X, STEP_Y, PANE_W, PANE_H = 130, 156, 104, 112, 54, 78
LAMPS = ["#ffc66e", "#ffb050", "#ffd894", "#ff9d4a", "#f7e2b0", "#ffbf80"]


def hour(share, width=1280, height=720):
    """Sky stops and the wall's colour at a share of the night."""
    at = [h[0] for h in HOURS]
    mix = lambda k: np.array([np.interp(share, at, [paint.rgb(h[k])[c] for h in HOURS]) for c in range(3)], "f4")
    return mix(1), mix(2), mix(3), float(np.interp(share, at, [h[4] for h in HOURS]))


def dim(colour, by):
    """The colour times `by`, as a PIL triple."""
    return tuple(int(v) for v in np.clip(np.asarray(colour) * by, 0, 255))


def moon_at(share):
    """Where the moon stands, in the view's pixels: it crosses the strip of sky above the roof."""
    return (0.05 + share) * 1280, 128 - 95 * np.sin(np.pi * np.clip(share * 1.1 - 0.05, 0, 1))


def open_sky():
    """Where the sky is seen, 0..1, (720, 1280): what the morning view and the morning sky have in common."""
    top, foot, _, _ = hour(1.0)
    sky = paint.gradient(1280, 720, [(0, top), (0.45, foot), (1, foot)])
    far = np.abs(np.asarray(facade(1.0, moon=False), "f4") - sky).max(-1)
    return np.clip(1.5 - far / 8, 0, 1)


def rise(planes, share, sky):
    """Draws the moon on Y, U, V planes (float), behind the roof: smoothly, where the key pictures would jump."""
    mx, my = moon_at(share)
    x0, y0 = int(mx - 26) // 2 * 2, int(my - 26) // 2 * 2
    x1, y1, x0, y0 = min(1280, x0 + 54), min(720, y0 + 54), max(0, x0), max(0, y0)
    if x1 <= x0 or y1 <= y0:
        return
    y, x = np.mgrid[y0:y1, x0:x1].astype("f4")
    body = np.clip(21.5 - np.hypot(x - mx, y - my), 0, 1) * np.clip(np.hypot(x - mx - 10.5, y - my + 2.5) - 20.5, 0, 1)
    body *= sky[y0:y1, x0:x1]
    colour = paint.yuv(np.array([250, 240, 214], "f4") * (1 - 0.2 * hour(share)[3]))
    for plane, value, f in zip(planes, colour, (1, 2, 2)):
        part, cover = plane[y0 // f : y1 // f, x0 // f : x1 // f], body[::f, ::f]
        part += (value - part) * cover


def facade(share, scale=2, width=1280, height=720, moon=True, reduce=True):
    """The whole view with every window dark, drawn `scale` times as large and, unless told not to, reduced."""
    top, foot, wall, street = hour(share)
    w, h = width * scale, height * scale
    sky = paint.gradient(width, height, [(0, top), (0.45, foot), (1, foot)])
    image = paint.picture(sky).resize((w, h), Image.BILINEAR)
    draw = ImageDraw.Draw(image)
    rng = paint.rng_for("building")
    night = 1 - street
    for _ in range(70):
        x, y, b = rng.random() * w, rng.random() * 130 * scale, rng.random() * night * 1.6
        c = dim(np.array([230, 235, 255]) * b + top * (1 - b) if b < 1 else [230, 235, 255], 1)
        draw.ellipse((x, y, x + scale * 1.4, y + scale * 1.4), fill=c)
    if moon:
        mx, my = (v * scale for v in moon_at(share))
        r = 21 * scale
        draw.ellipse((mx - r, my - r, mx + r, my + r), fill=dim([250, 240, 214], 0.80 + 0.2 * night))
        draw.ellipse((mx - r * 0.5, my - r * 1.12, mx + r * 1.5, my + r * 0.88), fill=tuple(int(v) for v in paint.picture(sky).getpixel((min(width - 1, max(0, int(mx / scale))), max(0, int(my / scale))))))
    s = scale
    x0, x1 = LEFT - 46, LEFT + STEP_X * (COLUMNS - 1) + PANE_W + 46
    for nx, ny, nw in ((-10, 250, 70), (x1 + 18, 215, 140)):
        draw.rectangle((nx * s, ny * s, (nx + nw) * s, h), fill=dim(wall, 0.62))
    roof = dim(wall * np.array([0.62, 0.68, 0.82]), 0.9)
    draw.polygon([((x0 + 6) * s, 132 * s), ((x0 + 34) * s, 72 * s), ((x1 - 34) * s, 72 * s), ((x1 - 6) * s, 132 * s)], fill=roof)
    for k in range(COLUMNS + 4):
        x = x0 + 34 + k * (x1 - x0 - 68) / (COLUMNS + 3)
        draw.line((x * s, 72 * s, (x + (x - 640) * 0.06) * s, 132 * s), fill=dim(roof, 0.9), width=s)
    for x in (x0 + 120, 560, x1 - 210):
        draw.rectangle((x * s, 34 * s, (x + 66) * s, 80 * s), fill=dim(wall, 0.74))
        draw.rectangle(((x - 4) * s, 34 * s, (x + 70) * s, 40 * s), fill=dim(wall, 0.9))
        for p in range(4):
            draw.rectangle(((x + 5 + p * 15) * s, 22 * s, (x + 13 + p * 15) * s, 34 * s), fill=dim(wall * np.array([1.1, 0.78, 0.7]), 0.8))
    draw.rectangle((x0 * s, 132 * s, x1 * s, h), fill=dim(wall, 1))
    draw.rectangle(((x0 - 10) * s, 130 * s, (x1 + 10) * s, 140 * s), fill=dim(wall, 1.22))
    for f in range(FLOORS):
        y = TOP + f * STEP_Y
        draw.rectangle((x0 * s, (y + PANE_H + 20) * s, x1 * s, (y + PANE_H + 25) * s), fill=dim(wall, 1.13))
        for c in range(COLUMNS):
            pane(draw, LEFT + c * STEP_X, y, s, wall, foot, None)
    if share >= 0:
        glow = np.zeros((h // 8, w // 8), "f4")
        yy, xx = np.mgrid[0 : h // 8, 0 : w // 8].astype("f4")
        for lx in (0.2, 0.62):
            glow += np.exp(-(((xx / (w / 8) - lx) / 0.13) ** 2 + ((yy / (h / 8) - 1.02) / 0.26) ** 2))
        glow = np.asarray(Image.fromarray(glow).resize((w, h), Image.BILINEAR)) * night
        image = paint.picture(np.asarray(image, "f4") + glow[..., None] * np.array([120, 74, 34], "f4"))
    return image.resize((width, height), Image.BOX) if reduce else image


def pane(draw, x, y, s, wall, sky, life, lamp=None):
    """One tall window with its balcony; `life` says what is seen when it is lit."""
    box = lambda a, b, c, d: ((x + a) * s, (y + b) * s, (x + c) * s - 1, (y + d) * s - 1)
    draw.rectangle(box(-8, -10, PANE_W + 8, PANE_H + 4), fill=dim(wall, 1.14))
    draw.rectangle(box(-10, -13, PANE_W + 10, -8), fill=dim(wall, 1.28))
    if life is None:
        draw.rectangle(box(0, 0, PANE_W, PANE_H), fill=dim(wall * 0.42 + np.asarray(sky) * 0.10, 1))
        draw.polygon([((x + PANE_W * 0.55) * s, y * s), ((x + PANE_W) * s, y * s), ((x + PANE_W) * s, (y + 34) * s)], fill=dim(wall * 0.50 + np.asarray(sky) * 0.16, 1))
    else:
        room(draw, box, life, lamp, s)
    frame = dim(wall, 0.80 if life is None else 0.55)
    draw.rectangle(box(PANE_W / 2 - 1.5, 0, PANE_W / 2 + 1.5, PANE_H), fill=frame)
    draw.rectangle(box(0, 20, PANE_W, 22.5), fill=frame)
    rail = dim(wall, 0.36)
    draw.rectangle(box(-9, PANE_H - 24, PANE_W + 9, PANE_H - 22), fill=rail)
    for k in range(11):
        a = -8 + k * 7
        draw.rectangle(box(a, PANE_H - 22, a + 1.5, PANE_H + 4), fill=rail)
    draw.rectangle(box(-11, PANE_H + 3, PANE_W + 11, PANE_H + 8), fill=dim(wall, 0.92))


def room(draw, box, life, lamp, s):
    """What the light shows."""
    warm = paint.rgb(lamp)
    dark = dim(warm, 0.20)
    for k in range(26):
        a = k * 3
        draw.rectangle(box(0, a, PANE_W, a + 3), fill=dim(warm, 1.0 - 0.35 * abs(k - 9) / 17))
    oval = lambda a, b, c, d, f: draw.ellipse(box(a, b, c, d), fill=f)
    if life == "plant":
        for k in range(7):
            draw.line(box(27, 66, 6 + k * 7, 30 + abs(k - 3) * 5), fill=dim(warm, 0.24), width=2 * s)
            oval(2 + k * 7, 26 + abs(k - 3) * 5, 11 + k * 7, 36 + abs(k - 3) * 5, dim(warm, 0.24))
        draw.rectangle(box(20, 60, 34, 78), fill=dim(warm, 0.34))
    elif life == "reader":
        oval(31, 33, 43, 46, dark)
        draw.polygon([box(0, 0, 24, 78)[2:], box(0, 0, 30, 46)[2:], box(0, 0, 44, 46)[2:], box(0, 0, 53, 78)[2:]], fill=dark)
        draw.polygon([box(0, 0, 14, 58)[2:], box(0, 0, 26, 54)[2:], box(0, 0, 27, 63)[2:], box(0, 0, 15, 66)[2:]], fill=dim(warm, 1.5))
    elif life == "cat":
        oval(18, 44, 38, 62, dark)
        oval(30, 35, 42, 47, dark)
        draw.polygon([box(0, 0, 31, 39)[2:], box(0, 0, 32, 31)[2:], box(0, 0, 36, 37)[2:]], fill=dark)
        draw.polygon([box(0, 0, 37, 37)[2:], box(0, 0, 41, 31)[2:], box(0, 0, 42, 39)[2:]], fill=dark)
        draw.rectangle(box(12, 58, 20, 61), fill=dark)
    elif life == "curtain":
        for k in range(8):
            draw.rectangle(box(k * 7, 0, k * 7 + 4, PANE_H), fill=dim(warm, 0.82))
        draw.rectangle(box(22, 0, 33, PANE_H), fill=dim(warm, 1.25))
    elif life == "pair":
        for a, b in ((8, 36), (31, 32)):
            oval(a, b, a + 12, b + 13, dark)
            draw.polygon([box(0, 0, a - 5, 78)[2:], box(0, 0, a, b + 15)[2:], box(0, 0, a + 12, b + 15)[2:], box(0, 0, a + 17, 78)[2:]], fill=dark)
    elif life == "shelves":
        for y in (30, 45, 60):
            draw.rectangle(box(4, y, 50, y + 2), fill=dim(warm, 0.3))
            for k in range(9):
                if (k * 7 + y) % 5:
                    draw.rectangle(box(5 + k * 5, y - 9 + (k * y) % 4, 9 + k * 5, y), fill=dim(warm * np.array([1, 0.5 + 0.1 * (k % 4), 0.5]), 0.6))
    elif life == "lamp":
        draw.polygon([box(0, 0, 12, 44)[2:], box(0, 0, 19, 30)[2:], box(0, 0, 31, 30)[2:], box(0, 0, 38, 44)[2:]], fill=dim(warm, 1.6))
        draw.rectangle(box(24, 44, 26, 66), fill=dark)
    elif life == "screen":
        draw.rectangle(box(10, 44, 44, 62), fill=dim(warm, 1.8))


def rooms():
    """Who lives where: column, floor, what is seen, lamp, and the spans (seconds) in which it is lit."""
    rng = paint.rng_for("building rooms")
    out = []
    kinds = ["plain", "plant", "reader", "curtain", "pair", "shelves", "lamp", "curtain", "plain", "cat"]
    for f in range(FLOORS):
        for c in range(COLUMNS):
            kind = kinds[rng.integers(0, len(kinds))]
            lamp = LAMPS[rng.integers(0, len(LAMPS))]
            spans = []
            if rng.random() < 0.72:
                on = 4 + 34 * rng.random()
                spans.append((on, on + rng.uniform(18, 75)))
            if rng.random() < 0.22:
                on = rng.uniform(80, 150)
                spans.append((on, on + rng.uniform(6, 16)))
            if rng.random() < 0.34:
                spans.append((rng.uniform(165, 186), 400))
            out.append([c, f, kind, lamp, spans])
    # The four people the captions speak of.
    for c, f, kind, lamp, spans in [
        (6, 1, "reader", "#ffd08a", [(14, 172)]), (2, 3, "screen", "#8fb4e8", [(22, 128)]),
        (8, 2, "cat", "#ffb861", [(60, 96), (150, 400)]), (4, 0, "pair", "#ffc98a", [(30, 58), (118, 140), (178, 400)]),
    ]:
        out[f * COLUMNS + c] = [c, f, kind, lamp, spans]
    return out


def patch(kind, lamp, wall, scale=2, reduce=True):
    """A lit window with its margins, reduced from `scale` times its size unless told not to."""
    w, h = (PANE_W + 22) * scale, (PANE_H + 26) * scale
    image = Image.new("RGB", (w, h), dim(wall, 1))
    pane(ImageDraw.Draw(image), 11, 14, scale, wall, (0, 0, 0), kind, lamp)
    return image.resize((PANE_W + 22, PANE_H + 26), Image.BOX) if reduce else image


def lit(kind, lamp, share):
    """The Y, U, V of a lit window at a share of the night."""
    _, _, wall, _ = hour(share)
    glass = patch(kind, lamp, wall).crop((11, 14, 11 + PANE_W, 14 + PANE_H))
    return [p.astype("f4") for p in paint.planes_of(glass)]


def level_at(spans, t, seed, kind):
    """How lit a window is at t seconds, 0..1; a screen flickers."""
    on = max((min(1.0, (t - a) / 0.35, (b - t) / 0.25) for a, b in spans if a <= t <= b), default=0.0)
    if kind == "screen" and on > 0:
        on *= 0.62 + 0.28 * np.sin(t * 2.3 + seed) * np.sin(t * 5.1) + 0.10 * np.sin(t * 13.7)
    return max(0.0, on)


def frames():
    """The film: 2,446 frames of which little moves."""
    fps = 12000 / 1001
    count = round(SECONDS * fps)
    keys = 34
    people, sky = rooms(), open_sky()
    base = [[p.astype("f4") for p in paint.planes_of(facade(k / (keys - 1), moon=False))] for k in (0, 1)]
    glow_rng = np.random.default_rng(5).integers(0, 3, (720, 1280)).astype("f4") * 0.4
    at_key = 0
    shown = None
    rooms_lit = [lit(k, lamp, 0) for _, _, k, lamp, _ in people]
    last = [-1.0] * len(people)
    for n in range(count + 8):
        share = min(n / count, 1)
        t = n / fps
        place = share * (keys - 1)
        if int(place) > at_key and int(place) < keys - 1:
            at_key = int(place)
            base = [base[1], [p.astype("f4") for p in paint.planes_of(facade((at_key + 1) / (keys - 1), moon=False))]]
            rooms_lit = [lit(k, lamp, share) if any(a - 8 < t < b + 1 for a, b in spans) else r for (_, _, k, lamp, spans), r in zip(people, rooms_lit)]
        if shown is None or n % 6 == 0:
            mix = np.float32(min(place - at_key, 1))
            blend = [a + (b - a) * mix for a, b in zip(*base)]
            rise(blend, share, sky)
            blend[0] += glow_rng
            shown = [p.astype("u1") for p in blend]
            last = [-1.0] * len(people)
        for i, (c, f, kind, lamp, spans) in enumerate(people):
            level = level_at(spans, t, i, kind)
            if level == last[i] or (level == 0 and last[i] < 0):
                continue
            last[i] = level
            x, y = LEFT + c * STEP_X, TOP + f * STEP_Y
            for p, (q, half) in enumerate(zip(rooms_lit[i], (1, 2, 2))):
                hh, ww = q.shape
                part = (slice(y // half, y // half + hh), slice(x // half, x // half + ww))
                under = blend[p][part]
                shown[p][part] = (under + (q - under) * np.float32(level)).astype("u1")
        yield tuple(shown)


def view(t, scale):
    """The whole view at t seconds, `scale` times as large as the film, with the light the windows shed."""
    share = t / SECONDS
    big = facade(share, scale, reduce=False)
    _, _, wall, _ = hour(share)
    for i, (c, f, kind, lamp, spans) in enumerate(rooms()):
        level = level_at(spans, t, i, kind)
        if level > 0.05:
            over = patch(kind, lamp, wall, scale, reduce=False)
            x, y = (LEFT + c * STEP_X - 11) * scale, (TOP + f * STEP_Y - 14) * scale
            big.paste(Image.blend(big.crop((x, y, x + over.width, y + over.height)), over, min(1.0, 0.3 + level)), (x, y))
    return paint.glow(big, 22 * scale, 0.16)


def music():
    """The hum of a city, a clock, a piano two floors up, and birds at the end. Parts of 51 s share their chords."""
    rng = paint.rng_for("building sound")
    track = sound.silence(SECONDS)
    sound.lay(track, sound.noise(SECONDS, rng, 40, 260, 3, 0.5, 0.03), 0, 0.22)
    sound.lay(track, sound.noise(SECONDS, rng, 300, 1500, 4, 0.9, 0.05), 0, 0.05)
    chords = [(41, 53, 60, 64), (38, 50, 57, 65), (34, 46, 58, 62), (36, 48, 55, 64)]
    held = [sound.pad(c, 15.5, rng, 4, 5, 0.22) for c in chords]
    keys = {}
    tune = [72, 76, 79, 77, 74, 72, 69, 65, 67, 72, 74, 70]
    for k, at in enumerate(np.arange(2, SECONDS - 14, 12.75)):
        sound.lay(track, held[k % 4], at, 0.30)
        for j in range(5):
            if rng.random() < 0.78:
                note = tune[(k * 5 + j * (1 + k % 3)) % len(tune)] - (12 if rng.random() < 0.25 else 0)
                if note not in keys:
                    keys[note] = sound.partials(sound.hertz(note), 4.5, [(1, 1, 1.9), (2, 0.35, 1.2), (3, 0.15, 0.7), (4, 0.06, 0.4)])
                sound.lay(track, keys[note], at + 1.2 + j * 1.7 + rng.uniform(-0.12, 0.2), 0.16 * rng.uniform(0.6, 1), -0.35)
    tick = sound.partials(2400, 0.04, [(1, 1, 0.006), (1.7, 0.6, 0.004)])
    for k in range(70, 132):
        sound.lay(track, tick, k + 0.0, 0.05 if k % 2 else 0.035, 0.5)
    for _ in range(46):
        at = SECONDS - 30 * rng.random() ** 1.4
        f = rng.uniform(2400, 4200)
        n = int(0.12 * sound.RATE)
        t = np.arange(n, dtype="f4") / sound.RATE
        chirp = np.sin(2 * np.pi * (f * t + 9000 * rng.uniform(-1, 1) * t * t)) * np.sin(np.pi * t / 0.12) ** 2
        for r in range(rng.integers(1, 4)):
            sound.lay(track, chirp.astype("f4"), at + r * 0.16, 0.035, rng.uniform(-0.9, 0.9))
    return sound.master(sound.room(track, rng, 2.6, 0.3), 1.5, 4.0)


def card(texts):
    """The title card."""
    sheet = paint.clear()
    paint.write(sheet, "THE BUILDING", "bebas", 120, 640, 372, "#fff0d6", 0.10, "middle")
    paint.write(sheet, "opposite", "italic", 86, 640, 452, "#ffc66e", 0.01, "middle")
    return sheet


def film(texts):
    """The film, ready to encode."""
    return Film(frames(), (1280, 720), RATE, SECONDS, music(), overlays=[Overlay(card(texts), 1.2, 4.2)], fade=(1.5, 3.5), crf=22)


def poster(texts):
    """Two thirds wall, nine windows; the words hang where the sky was."""
    rng = paint.rng_for("building poster")
    big = view(44, 4)
    s = 4
    left, top = (LEFT + STEP_X * 4 - 40) * s, 24 * s
    part = big.crop((left, top, left + 460 * s, top + 690 * s)).resize((800, 1200), Image.LANCZOS)
    shade = np.asarray(part, "f4")
    y = np.linspace(0, 1, 1200, dtype="f4")[:, None, None]
    part = paint.grain(paint.picture(shade * (1 - 0.88 * paint.smooth(0.70, 0.86, y))), rng, 4)
    size = paint.fit("THE BUILDING", "bebas", 690, 0.05)
    paint.write(part, "THE BUILDING", "bebas", size, 400, 1070, "#fff0d6", 0.05, "middle")
    paint.write(part, "opposite", "italic", 92, 400, 1146, "#ffc66e", 0.01, "middle")
    return part


def backdrop():
    """Wide, at the hour when most are awake."""
    return paint.grain(view(40, 2).resize((1600, 900), Image.LANCZOS), paint.rng_for("building wide"), 3)
