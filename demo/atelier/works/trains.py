"""Night Trains: a lit train in cut paper; the country goes by, the passengers do not."""
import math

import numpy as np
from PIL import Image

from .. import paint, sound
from ..country import H, RAIL, bridge, strip, train
from ..film import Film, Overlay
from ..layers import Layer, Sprite

SECONDS, RATE = 20, "25"
W = 1280
# For each episode: sky stops; the moon or sun (x, y, radius, colour); far to near: kind, colour, base row, rise, speed.
LINES = {
    (1, 1): dict(sky=[(0, "#070b1e"), (0.5, "#1a2148"), (0.72, "#4a3a66"), (1, "#e08a5c")], disc=(980, 150, 34, "#f3e6c4"), stars=150, snow=0,
                 layers=[("hills", "#2b2a50", 430, 110, 1), ("city", "#1e1d3e", 470, 190, 2), ("city", "#141430", 480, 120, 3)], near=("poles", "#05060f", 8), ground="#15163a", wet=True),
    (1, 2): dict(sky=[(0, "#0a1330"), (0.5, "#1d3560"), (0.8, "#4c6f94"), (1, "#8fb0c4")], disc=(330, 170, 58, "#eef3ee"), stars=120, snow=0,
                 layers=[("peaks", "#6f93b2", 440, 300, 1), ("peaks", "#3f638a", 500, 240, 2), ("firs", "#1d3657", 560, 130, 3)], near=("firs", "#071225", 7), ground="#10233f", wet=False, viaduct=True),
    (1, 3): dict(sky=[(0, "#1a2233"), (0.6, "#3d4c63"), (1, "#8a99a8")], disc=(900, 210, 44, "#c9d3d8"), stars=0, snow=260,
                 layers=[("hills", "#5d6f84", 450, 120, 1), ("firs", "#3d4f66", 470, 150, 2), ("firs", "#26364b", 490, 120, 4)], near=("firs", "#0d1624", 8), ground="#c4d0d8", wet=False),
    (2, 1): dict(sky=[(0, "#20204a"), (0.5, "#6a3f72"), (0.78, "#d9707a"), (1, "#ffc38a")], disc=(1010, 420, 70, "#ffd9a0"), stars=40, snow=0,
                 layers=[("hills", "#8a4a74", 440, 70, 1), ("pylons", "#5c3262", 470, 170, 2), ("fields", "#3f2450", 480, 50, 3)], near=("reeds", "#170d26", 8), ground="#56305f", wet=False),
    (2, 2): dict(sky=[(0, "#1f4a5c"), (0.5, "#4f9a98"), (0.8, "#c9dcae"), (1, "#ffe2a6")], disc=(400, 330, 62, "#fff3cf"), stars=0, snow=0,
                 layers=[("hills", "#6fae9f", 440, 90, 1), ("cypress", "#357a78", 462, 120, 2), ("campanile", "#1f5a60", 466, 150, 3)], near=("reeds", "#0b2b33", 8), ground="#164a52", wet=True),
    (2, 3): dict(sky=[(0, "#34508f"), (0.36, "#b9718f"), (0.68, "#ee8d6c"), (1, "#ffbf7a")], disc=(760, 400, 104, "#fff3d2"), haze=0.14, stars=0, snow=0,
                 layers=[("islands", "#c9808c", 446, 110, 1), ("islands", "#93577a", 460, 80, 2), ("cypress", "#5a3862", 466, 90, 3)], near=("palms", "#24183a", 7), ground="#7a4468", wet=True),
}


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
        x = int(-120 + 40 * math.sin(k / 190)) // 2 * 2
        rails.over(planes, k * 6)
        sprite.over(planes, x, RAIL - 66 - (1 if k % 12 == 0 else 0) * 2)
        if line["wet"]:
            # The water repeats what stands over it: rows mirrored, swaying, then darkened.
            for p, f in zip(planes, (1, 2, 2)):
                rows = np.arange((H - water) // f)
                p[water // f :] = p[water // f - 1 - np.clip((rows * 1.15).astype(int), 0, water // f - 2)]
            for r in range(0, 150, 2):
                sway = int((1 + r / 40) * math.sin(r * 0.35 + k * 0.20))
                if sway:
                    planes[0][water + r : water + r + 2] = np.roll(planes[0][water + r : water + r + 2], sway, 1)
            planes[0][water:] = (planes[0][water:].astype("u2") * 188 >> 8) + 8
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
    # Away from the moon or sun.
    align = "right" if LINES[(season, number)]["disc"][0] < 640 else "left"
    hours = {(1, 1): "23:04", (1, 2): "01:47", (1, 3): "03:20", (2, 1): "04:52", (2, 2): "05:38", (2, 3): "06:15"}
    paint.write(sheet, hours[(season, number)], "bebas", 150, 84 if align == "left" else 1196, 210, "#fff2d8", 0.02, align)
    paint.write(sheet, texts["title"], "italic", 60, 90 if align == "left" else 1196, 282, "#fff2d8", 0, align)
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
