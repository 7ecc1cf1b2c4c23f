"""Lichen Time: two chemicals on a stone, growing as lichens do, a thousand years a minute."""
import numpy as np
from PIL import Image

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 28, "24"
FEED, KILL = 0.0545, 0.0620


class Colony:
    """A reaction-diffusion sheet (Gray and Scott's equations), periodic at its edges."""

    def __init__(self, rng, width, height, seeds):
        self.u = np.ones((height + 2, width + 2), "f4")
        self.v = np.zeros((height + 2, width + 2), "f4")
        for _ in range(seeds):
            x, y, r = rng.integers(6, width - 6), rng.integers(6, height - 6), rng.integers(2, 5)
            self.u[y - r : y + r, x - r : x + r] = 0.4
            self.v[y - r : y + r, x - r : x + r] = 0.3 + 0.1 * rng.random()
        spread = paint.cloud(rng, width, height, width / 3, 3)
        # What a place keeps of itself in one step: less what spreads, is drained and dies.
        self.keep_u = np.float32(1 - 4 * 0.2097 - FEED)
        self.keep_v = (1 - 4 * 0.105 - FEED - (KILL + 0.0022 * (spread - 0.5))).astype("f4")
        self.work = [np.empty((height, width), "f4") for _ in range(4)]

    def step(self, times):
        """Advances by `times` steps."""
        a, b, c, d = self.work
        for _ in range(times):
            for f in (self.u, self.v):
                f[0], f[-1] = f[-2], f[1]
                f[:, 0], f[:, -1] = f[:, -2], f[:, 1]
            u, v = self.u[1:-1, 1:-1], self.v[1:-1, 1:-1]
            np.multiply(v, v, out=a)
            a *= u
            for f, core, diffusion, out, keep in ((self.u, u, 0.2097, b, self.keep_u), (self.v, v, 0.105, c, self.keep_v)):
                np.add(f[:-2, 1:-1], f[2:, 1:-1], out=out)
                out += f[1:-1, :-2]
                out += f[1:-1, 2:]
                out *= np.float32(diffusion)
                np.multiply(core, keep, out=d)
                out += d
            b -= a
            b += np.float32(FEED)
            c += a
            u[:], v[:] = b, c

    def relief(self):
        """The growth, about 0..1."""
        return self.v[1:-1, 1:-1] * 2.6


class Stone:
    """What it grows on, and in which colours, at one size."""

    def __init__(self, rng, width, height):
        self.shape = (width, height)
        rough = paint.cloud(rng, width, height, height / 2, 7, 0.62)
        fine = paint.cloud(rng, width, height, 9, 2)
        tone = (0.62 + 0.34 * rough + 0.16 * fine)[..., None]
        vein = np.exp(-np.abs(paint.cloud(rng, width, height, height * 0.8, 4, 0.55) - 0.5) * 60)[..., None]
        self.ground = paint.rgb("#3d4247") * tone + vein * paint.rgb("#23262a")
        which = paint.cloud(rng, width, height, height * 0.7, 3, 0.5)
        kind = paint.smooth(0.44, 0.56, which)[..., None]
        third = paint.smooth(0.60, 0.70, paint.cloud(rng, width, height, height * 0.6, 3, 0.5))[..., None]
        flesh = paint.rgb("#e08a1e") * (1 - kind) + paint.rgb("#b9c9a4") * kind
        self.flesh = (flesh * (1 - third) + paint.rgb("#6f9a8a") * third) * (0.84 + 0.26 * fine[..., None])
        y, x = np.mgrid[0:height, 0:width].astype("f4")
        self.lamp = (1.12 - 0.55 * np.hypot(x / width - 0.36, (y / height - 0.34)))[..., None]

    def lit(self, relief, depth):
        """How much of each place is covered, how bright the growth is, and the light on it; `depth` scales the shadows."""
        width, height = self.shape
        r = paint.resize(relief, width, height, Image.BICUBIC)
        cover = np.clip((r - np.float32(0.20)) * np.float32(4.0), 0, 1)
        light = np.ones_like(r)
        slope = r[2:, 2:] - r[:-2, :-2]
        slope *= np.float32(depth)
        light[1:-1, 1:-1] += slope
        np.clip(light, 0.35, 1.7, out=light)
        # The growth's own shadow, four pixels down and right, on bare stone only.
        light[4:, 4:] -= np.float32(0.5) * np.maximum(cover[:-4, :-4] - cover[4:, 4:], 0)
        return cover, np.float32(0.55) + np.float32(0.45) * np.minimum(r, 1), light * self.lamp[..., 0]

    def paint(self, relief, depth):
        """The lit picture, float32 (h, w, 3)."""
        cover, bright, light = self.lit(relief, depth)
        return (self.ground + (self.flesh * bright[..., None] - self.ground) * cover[..., None]) * light[..., None]

    def planes(self, relief, depth):
        """The lit picture as Y, U, V byte planes; the colour is mixed at half the size, where it is seen."""
        if not hasattr(self, "ready"):
            half = lambda p: (p[0::2, 0::2] + p[1::2, 0::2] + p[0::2, 1::2] + p[1::2, 1::2]) / 4
            ground, flesh = paint.yuv(self.ground), paint.yuv(self.flesh)
            self.ready = (ground[0] - 16, flesh[0] - 16, half(ground[1]) - 128, half(flesh[1]) - 128, half(ground[2]) - 128, half(flesh[2]) - 128)
        stone, growth, gu, fu, gv, fv = self.ready
        cover, bright, light = self.lit(relief, depth)
        y = growth * bright
        y -= stone
        y *= cover
        y += stone
        y *= light
        y += 16
        np.minimum(y, 235, out=y)
        small, dim = cover[::2, ::2], light[::2, ::2]
        u, v = ((g + (f - g) * small) * dim + 128 for g, f in ((gu, fu), (gv, fv)))
        return y.astype("u1"), u.astype("u1"), v.astype("u1")


def frames():
    """The film: eight steps of growth a frame."""
    rng = paint.rng_for("lichen")
    colony, stone = Colony(rng, 288, 162, 17), Stone(rng, 640, 360)
    colony.step(260)
    while True:
        colony.step(8)
        yield stone.planes(colony.relief(), 2.6)


def still(width, height, grid, seeds, steps, name, depth):
    """One moment at any size."""
    rng = paint.rng_for(name)
    colony = Colony(rng, grid[0], grid[1], seeds)
    colony.step(steps)
    return paint.grain(paint.picture(Stone(rng, width, height).paint(colony.relief(), depth)), rng, 5)


def music():
    """Low reeds, dry clicks, a note when a colony meets another."""
    rng = paint.rng_for("lichen sound")
    track = sound.silence(SECONDS)
    for at, chord in [(0, (33, 40, 47)), (7, (31, 43, 50)), (14, (36, 40, 52)), (21, (33, 45, 52))]:
        sound.lay(track, sound.pad(chord, 9, rng, 3, 3.5, 0.6), at, 0.42)
    at = 1.0
    while at < SECONDS - 2:
        grit = sound.partials(rng.uniform(700, 2600), 0.06, [(1, 1, 0.012), (2.3, 0.5, 0.006)])
        sound.lay(track, grit, at, 0.05 + 0.08 * rng.random() ** 2, rng.uniform(-0.9, 0.9))
        at += rng.exponential(0.55 - 0.4 * at / SECONDS)
    for at, note in [(3, 69), (5.5, 64), (9, 71), (10.4, 76), (13.2, 67), (16.5, 72), (18, 76), (20.2, 79), (22.6, 69), (24, 76)]:
        sound.lay(track, sound.bell(note, 3.5), at, 0.09, rng.uniform(-0.6, 0.6))
    return sound.master(sound.room(track, rng, 2.8, 0.4))


def card(texts):
    """The title card."""
    sheet = paint.clear()
    paint.write(sheet, "LICHEN", "spartan-light", 92, 640, 366, "#f2ead8", 0.3, "middle")
    paint.write(sheet, "time", "italic", 64, 640, 432, "#e7a044", 0, "middle")
    return sheet


def film(texts):
    """The film, ready to encode."""
    return Film(frames(), (640, 360), RATE, SECONDS, music(), overlays=[Overlay(card(texts), 0.4, 3.2)], fade=(0.6, 1.8), faststart=False)


def poster(texts):
    """A stone nearly covered; the title is scratched into what is left."""
    image = still(800, 1200, (200, 300), 16, 3000, "lichen poster", 3.2)
    shade = np.asarray(image, "f4")
    y = np.linspace(0, 1, 1200, dtype="f4")[:, None, None]
    image = paint.picture(shade * (1 - 0.86 * paint.smooth(0.66, 0.80, y)) + paint.rgb("#1b1d1f") * 0.86 * paint.smooth(0.66, 0.80, y))
    size = paint.fit("LICHEN", "spartan-light", 640, 0.16)
    paint.write(image, "LICHEN", "spartan-light", size, 400, 1050, "#f4ecdb", 0.16, "middle")
    paint.write(image, "time", "italic", 84, 400, 1130, "#eda43f", 0.0, "middle")
    return image


def backdrop():
    """Wide, half grown."""
    return still(1600, 900, (320, 180), 15, 2400, "lichen wide", 3.2)
