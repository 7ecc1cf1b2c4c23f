"""An Orrery for No One: dust keeping time around a dark planet."""
import numpy as np

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 30, "30"
INK = [(0, "#0d0710"), (0.10, "#23101f"), (0.26, "#5a2230"), (0.46, "#b4532f"), (0.68, "#eba85a"), (0.86, "#f8e3b5"), (1, "#fffaf0")]
TILT = 0.30


def dust(rng, count):
    """Particles as radius, first angle, speed, height and weight; the gaps are resonances."""
    r = 0.30 + 0.72 * rng.random(count * 2) ** 0.8
    keep = np.ones(r.size, bool)
    for gap, half in ((0.46, 0.018), (0.63, 0.03), (0.80, 0.012), (0.86, 0.008)):
        keep &= np.abs(r - gap) > half * rng.uniform(0.6, 1.2, r.size)
    r = r[keep][:count].astype("f4")
    wave = 0.006 * rng.standard_normal(r.size)
    return (r, rng.uniform(0, 2 * np.pi, r.size).astype("f4"), (0.16 / r**1.5).astype("f4"), wave.astype("f4"),
            (0.35 + rng.random(r.size) ** 6 * 3).astype("f4"))


def moons():
    """Five moons: radius, first angle, speed, size."""
    return [(0.46, 0.3, 0.51, 3.0), (0.63, 2.2, 0.32, 4.2), (0.83, 4.0, 0.21, 2.4), (1.10, 5.2, 0.137, 5.0), (1.26, 1.1, 0.113, 2.0)]


def project(r, a, lift, t, width, height, scale, tilt, centre):
    """Orbit coordinates to pixels, with depth (positive is nearer)."""
    turn = 0.22
    x, z = r * np.cos(a), r * np.sin(a)
    y = z * tilt - lift
    return (centre[0] * width + scale * (x * np.cos(turn) - y * np.sin(turn)),
            centre[1] * height + scale * (x * np.sin(turn) + y * np.cos(turn)), z)


def splat(field, x, y, weight):
    """Adds points between the four nearest pixels."""
    h, w = field.shape
    ix, iy = np.floor(x).astype("i4"), np.floor(y).astype("i4")
    ok = (ix >= 0) & (iy >= 0) & (ix < w - 1) & (iy < h - 1)
    ix, iy, fx, fy, weight = ix[ok], iy[ok], (x - ix)[ok], (y - iy)[ok], weight[ok]
    at = iy * w + ix
    index = np.concatenate([at, at + 1, at + w, at + w + 1])
    value = np.concatenate([weight * (1 - fx) * (1 - fy), weight * fx * (1 - fy), weight * (1 - fx) * fy, weight * fx * fy])
    field += np.bincount(index, value, w * h).astype("f4").reshape(h, w)


def planet(width, height, scale, centre):
    """The planet's lit crescent (brightness) and its disc (mask), soft at the rim."""
    y, x = np.mgrid[0:height, 0:width].astype("f4")
    dx, dy = (x - centre[0] * width) / scale, (y - centre[1] * height) / scale
    radius = 0.20
    d = np.sqrt(dx * dx + dy * dy)
    disc = np.clip((radius - d) * scale + 0.5, 0, 1)
    nx, ny = dx / radius, dy / radius
    nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))
    shine = np.clip(-0.78 * nx - 0.45 * ny + 0.10 * nz, 0, 1)
    bands = 0.82 + 0.18 * np.sin((ny * 0.97 - nx * 0.22) * 21 + 1.5 * np.sin(ny * 6))
    halo = np.exp(-np.maximum(d - radius, 0) * 9) * np.clip(0.30 - 0.65 * dx - 0.4 * dy, 0, 1) * 0.22
    return (0.03 + 0.86 * shine**1.1 * bands).astype("f4"), disc.astype("f4"), halo.astype("f4")


def stars(rng, width, height, count):
    """A faint fixed sky."""
    sky = np.zeros((height, width), "f4")
    splat(sky, rng.random(count) * (width - 2), rng.random(count) * (height - 2), (0.12 + 0.7 * rng.random(count) ** 5).astype("f4"))
    return sky


def compose(far, near, body, sky):
    """Trails behind, planet, trails before: brightness 0..1."""
    lit, disc, halo = body
    out = far + sky + halo
    out *= 1 - disc
    out += lit * disc
    out += near
    return out


def frames():
    """The film: trails that decay slowly, six thousand grains."""
    width, height = 800, 450
    rng = paint.rng_for("orrery")
    dust_r, dust_a, dust_v, lift, weight = dust(rng, 5200)
    y_table, u_table, v_table = paint.tables(paint.ramp(INK, 1024))
    scale, centre = 0.74 * height, (0.5, 0.52)
    lit, disc, halo = planet(width, height, scale, centre)
    still = (stars(rng, width, height, 260) + halo) * (1 - disc) + lit * disc
    hides = disc.ravel() > 0.5
    trail = np.zeros((height, width), "f4")
    bodies = [(b, rng_ring(b[3])) for b in moons()]
    dither = rng.random((height, width), "f4") * 6
    k = 0
    while True:
        t = 6 + k / 30
        tilt = 0.20 + 0.16 * (1 - np.cos(k / 900 * 2 * np.pi)) / 2
        trail *= np.float32(0.80)
        a = dust_a + dust_v * np.float32(t * 1.6)
        x, y, z = project(dust_r, a, lift, t, width, height, scale, tilt, centre)
        xs, ys, zs, ws = [x], [y], [z], [weight * (0.21 + 0.10 * np.cos(a - 2.6))]
        for (radius, first, speed, _), (rx, ry, rw) in bodies:
            for late in range(3):
                mx, my, mz = project(radius, first + speed * (t - late / 90) * 1.6, 0, t, width, height, scale, tilt, centre)
                xs.append(mx + rx), ys.append(my + ry), zs.append(np.full(rx.size, mz)), ws.append(rw)
        x, y, z, w = (np.concatenate(p).astype("f4") for p in (xs, ys, zs, ws))
        # What passes behind the planet is not drawn.
        at = np.clip(y, 0, height - 1).astype("i4") * width + np.clip(x, 0, width - 1).astype("i4")
        seen = (z > 0) | ~hides[at]
        splat(trail, x[seen], y[seen], w[seen])
        level = still + trail
        level *= np.float32(-1.25)
        np.exp(level, out=level)
        np.subtract(np.float32(1), level, out=level)
        level *= np.float32(1008)
        level += dither
        index = level.astype("u2")
        small = np.ascontiguousarray(index[::2, ::2])
        yield y_table[index], u_table[small], v_table[small]
        k += 1


def rng_ring(size):
    """A small solid disc of points for a moon of `size` pixels."""
    n = int(size * 8)
    k = np.arange(n) + 0.5
    r, a = size * 0.62 * np.sqrt(k / n), k * 2.39996
    return r * np.cos(a), r * np.sin(a), np.full(n, 0.45)


def exposure(width, height, scale, centre, tilt, name, count=26000, moments=26):
    """A long exposure at any size, for the sheets."""
    rng = paint.rng_for(name)
    r, first, speed, lift, weight = dust(rng, count)
    body = planet(width, height, scale, centre)
    sky = stars(rng, width, height, int(width * height / 1500))
    far, near = np.zeros((height, width), "f4"), np.zeros((height, width), "f4")
    for m in range(moments):
        a = first + speed * (20 + m * 0.030)
        x, y, z = project(r, a, lift, 0, width, height, scale, tilt, centre)
        glow = weight * (0.105 + 0.06 * np.cos(a - 2.6)) * (m / moments) ** 1.2 * (width / 800) ** 0.5
        splat(near, x[z > 0], y[z > 0], glow[z > 0])
        splat(far, x[z <= 0], y[z <= 0], glow[z <= 0])
    for radius, first, speed, size in moons():
        arc = np.linspace(0, 2 * np.pi, 6000)
        x, y, z = project(np.full(arc.size, radius), arc, 0, 0, width, height, scale, tilt, centre)
        fade = 0.10 + 0.7 * (((arc - first) % (2 * np.pi)) / (2 * np.pi)) ** 8
        splat(near, x[z > 0], y[z > 0], fade[z > 0] * scale / 700)
        splat(far, x[z <= 0], y[z <= 0], fade[z <= 0] * scale / 700)
        big = size * scale / 210
        n = int(big * big * 6)
        k = np.arange(n) + 0.5
        mx, my, mz = project(radius, first, 0, 0, width, height, scale, tilt, centre)
        rr, aa = big * np.sqrt(k / n), k * 2.39996
        splat(near if mz > 0 else far, mx + rr * np.cos(aa), my + rr * np.sin(aa), np.full(n, 1.4))
    index = np.minimum(1 - np.exp(-1.35 * compose(far, near, body, sky)), 0.995)
    image = paint.picture(paint.ramp(INK, 1024)[(index * 1020).astype("u2")])
    return paint.grain(paint.glow(image, 26, 0.34), rng, 4)


def music():
    """A clockwork of plucked strings in unequal periods, under a slow chord."""
    rng = paint.rng_for("orrery sound")
    track = sound.silence(SECONDS)
    for at, chord in [(0, (37, 44, 52)), (9, (40, 47, 56)), (17, (35, 42, 51)), (24, (37, 44, 56))]:
        sound.lay(track, sound.pad(chord, 9.5, rng, 2, 3.5, 0.25), at, 0.45)
    for period, first, note, gain in [(1.25, 1.5, 68, 0.20), (1.875, 2.1, 73, 0.17), (2.5, 1.0, 64, 0.2), (3.125, 3.3, 76, 0.14), (4.375, 4.0, 80, 0.12), (5.0, 0.7, 49, 0.26)]:
        string, side = sound.pluck(note, 2.4), rng.uniform(-0.8, 0.8)
        at = first
        while at < SECONDS - 2.5:
            sound.lay(track, string, at, gain * rng.uniform(0.7, 1), side)
            at += period
    return sound.master(sound.room(track, rng, 3.0, 0.4))


def card(texts):
    """The title card."""
    sheet = paint.clear()
    paint.write(sheet, "AN ORRERY", "spartan-light", 54, 640, 108, "#f6dfb2", 0.42, "middle")
    paint.write(sheet, "for no one", "italic", 46, 640, 166, "#e9a860", 0.02, "middle")
    return sheet


def film(texts):
    """The film, ready to encode."""
    return Film(frames(), (800, 450), RATE, SECONDS, music(), overlays=[Overlay(card(texts), 0.6, 3.6)], fade=(1.0, 2.2), faststart=False)


def poster(texts):
    """The rings leave the sheet on both sides; the title stands under them."""
    image = exposure(800, 1200, 560, (0.54, 0.40), 0.36, "orrery poster")
    paint.write(image, "AN ORRERY", "spartan-light", paint.fit("AN ORRERY", "spartan-light", 660, 0.22), 400, 1010, "#f8e3b5", 0.22, "middle")
    paint.write(image, "for no one", "italic", 74, 400, 1086, "#eba85a", 0.01, "middle")
    paint.write(image, "5,200 GRAINS · FIVE MOONS · NO WITNESS", "spartan", 15, 400, 1146, "#b98a6a", 0.3, "middle")
    return image


def backdrop():
    """Wide, the planet to the right of the words a page may set."""
    return exposure(1600, 900, 720, (0.60, 0.50), 0.31, "orrery wide", 40000)
