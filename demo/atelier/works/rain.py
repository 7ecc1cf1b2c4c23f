"""Rain, Window Seat: a city out of focus, held upside down in every drop."""
import numpy as np
from PIL import Image, ImageFilter

from .. import paint, sound
from ..film import Film, Overlay

SECONDS, RATE = 30, "25"
LIGHTS = ["#ffb35c", "#ff8a3d", "#ffd9a0", "#ff5a4a", "#59c7d8", "#ffe9cf", "#e2436b", "#86e0c0"]


def disc(radius, colour, rim=0.25):
    """A defocused light: a flat disc, slightly brighter at its rim."""
    n = int(radius) * 2 + 3
    y, x = np.mgrid[0:n, 0:n].astype("f4") - n / 2 + 0.5
    d = np.hypot(x, y)
    inside = np.clip(radius - d + 0.5, 0, 1) * (0.75 + rim * (d / radius) ** 3)
    return inside[..., None] * paint.rgb(colour)


class Street:
    """The lights beyond the glass: still ones in the houses, moving ones in the road. Units: height = 1."""

    def __init__(self, rng, width, height):
        self.width, self.height = width, height
        self.still = paint.gradient(width, height, [(0, "#0c1426"), (0.45, "#1b2140"), (0.62, "#2c2238"), (1, "#0a0b14")])
        self.still += paint.cloud(rng, width, height, width / 2, 3)[..., None] * paint.rgb("#141c34")
        for _ in range(46):
            x, y = rng.random() * width, height * (0.08 + 0.52 * rng.random() ** 0.7)
            self.add(self.still, disc(height * rng.uniform(0.028, 0.062), LIGHTS[rng.integers(0, 8)]), x, y, rng.uniform(0.06, 0.34))
        self.cars = []
        for k in range(15):
            near = rng.random()
            way = 1 if k % 2 else -1
            colour = "#fff0d8" if way > 0 else "#ff3d2e"
            self.cars.append((disc(height * (0.030 + 0.035 * near), colour), rng.random() * 1.4, way * (0.03 + 0.07 * near) * rng.uniform(0.7, 1.3),
                              0.60 + 0.14 * near + (0.03 if way > 0 else 0), 0.26 + 0.4 * near))
        self.signal = [disc(height * 0.075, c) for c in ("#28d09a", "#ffb02e", "#ff3b3b")]

    def add(self, field, sprite, x, y, gain):
        """Adds a sprite of light, cut at the edges."""
        n = sprite.shape[0]
        x0, y0 = int(x - n / 2), int(y - n / 2)
        a, b = max(0, -y0), max(0, -x0)
        c, d = min(n, field.shape[0] - y0), min(n, field.shape[1] - x0)
        if a < c and b < d:
            field[y0 + a : y0 + c, x0 + b : x0 + d] += gain * sprite[a:c, b:d]

    def at(self, t):
        """The street at t seconds, float32 (h, w, 3)."""
        out = self.still.copy()
        span = self.width * 1.4
        for sprite, first, speed, y, gain in self.cars:
            x = ((first + speed * t / 1.4) % 1.4) / 1.4 * span - self.width * 0.2
            self.add(out, sprite, x, y * self.height, gain)
            self.add(out, sprite, x, (y + 0.17) * self.height, gain * 0.22)
            self.add(out, sprite, x + sprite.shape[0] * 1.3, y * self.height, gain)
        phase = t % 14
        which = 0 if phase < 7 else 1 if phase < 8.5 else 2
        self.add(out, self.signal[which], self.width * 0.76, self.height * 0.30, 0.62)
        self.add(out, self.signal[which], self.width * 0.76, self.height * 0.80, 0.13)
        return out


class Glass:
    """Drops on the pane: for every wet pixel, where its light comes from and how bright it is."""

    def __init__(self, rng, width, height, count):
        self.width, self.height = width, height
        self.source = np.zeros((height, width), "i4")
        self.gain = np.zeros((height, width), "f4")
        self.shine = np.zeros((height, width), "f4")
        self.wet = np.zeros((height, width), bool)
        for _ in range(count):
            self.put(rng.random() * width, rng.random() * height, height * (0.004 + 0.024 * rng.random() ** 4), rng.uniform(0.9, 1.35))

    def put(self, x, y, radius, tall=1.1):
        """Lays one drop on the glass."""
        r = max(radius, 1.2)
        x0, x1 = int(max(0, x - r - 1)), int(min(self.width, x + r + 2))
        y0, y1 = int(max(0, y - r * tall - 1)), int(min(self.height, y + r * tall + 2))
        if x0 >= x1 or y0 >= y1:
            return
        gy, gx = np.mgrid[y0:y1, x0:x1].astype("f4")
        dx, dy = (gx - x) / r, (gy - y) / (r * tall)
        # Narrower above than below, as weight makes a drop.
        d = np.sqrt((dx * (1.12 - 0.16 * dy)) ** 2 + dy**2)
        inside = d < 1
        bend = 0.26 * self.height * (0.35 + d**2)
        sx = np.clip(x + (-dx) * bend * 1.3, 0, self.width - 1).astype("i4")
        sy = np.clip(self.height * 0.55 - dy * bend * 1.5, 0, self.height - 1).astype("i4")
        part = (slice(y0, y1), slice(x0, x1))
        self.source[part][inside] = (sy * self.width + sx)[inside]
        self.gain[part][inside] = (1.28 - 1.05 * d**3 + 0.18 * dy)[inside]
        self.shine[part][inside] = (85 * np.clip(1 - ((dx + 0.38) ** 2 + (dy + 0.42) ** 2) * 14, 0, 1))[inside]
        self.wet[part] |= inside

    def wipe(self, x, y, radius):
        """Clears the dry track behind a running drop."""
        x0, x1, y0, y1 = int(max(0, x - radius)), int(min(self.width, x + radius)), int(max(0, y - radius)), int(min(self.height, y))
        self.wet[y0:y1, x0:x1] = False

    def view(self, street):
        """The street through the glass."""
        out = street.copy()
        where = np.flatnonzero(self.wet)
        seen = street.reshape(-1, 3)[self.source.ravel()[where]].astype("f4")
        seen *= self.gain.ravel()[where, None]
        seen += self.shine.ravel()[where, None]
        out.reshape(-1, 3)[where] = np.clip(seen, 0, 255) if out.dtype == np.uint8 else seen
        return out


def still(width, height, t, name, drops):
    """One moment at any size."""
    rng = paint.rng_for(name)
    street = Street(rng, width, height)
    glass = Glass(rng, width, height, drops)
    for _ in range(int(7 * width / height)):
        x, y = rng.random() * width, height * rng.random() ** 0.6
        glass.wipe(x, y, height * 0.016)
        for k in range(16):
            glass.put(x + rng.uniform(-2, 2), y - height * 0.024 * (k + 1) * rng.uniform(0.8, 1.2), height * rng.uniform(0.002, 0.006))
        glass.put(x, y, height * rng.uniform(0.016, 0.03), 1.45)
    fog = np.asarray(Image.fromarray(np.clip(street.at(t), 0, 255).astype("u1")).filter(ImageFilter.GaussianBlur(height / 260)), "f4")
    fog = fog * (0.86 + 0.22 * paint.cloud(rng, width, height, height / 3, 4))[..., None]
    return paint.grain(paint.glow(paint.picture(glass.view(fog)), height / 18, 0.22), rng, 4)


def frames():
    """The film: cars pass, drops fall, merge and run."""
    rng = paint.rng_for("rain")
    width, height = 640, 360
    street, glass = Street(rng, width // 2, height // 2), Glass(rng, width, height, 620)
    runners = []
    k = 0
    while True:
        t = 5 + k / 25
        if k % 3 == 0:
            glass.put(rng.random() * width, rng.random() * height, height * (0.004 + 0.016 * rng.random() ** 4), rng.uniform(0.9, 1.3))
        if len(runners) < 7 and rng.random() < 0.06:
            runners.append([rng.random() * width, rng.random() * height * 0.5, rng.uniform(5, 9), 0.0, 0])
        for run in runners:
            run[3] = max(0.0, run[3] + rng.uniform(-0.35, 0.42))
            step = min(run[3], 7)
            before = run[1]
            run[1] += step
            run[0] += rng.uniform(-0.5, 0.5) * min(step, 1)
            if step > 0.3:
                glass.wipe(run[0], run[1], run[2] * 1.05)
                run[4] += step
                if run[4] > 13:
                    run[4] = 0
                    glass.put(run[0] + rng.uniform(-1.5, 1.5), before - run[2] * 1.3, rng.uniform(1.2, 2.6))
        runners = [r for r in runners if r[1] < height + 12]
        kept = [(r, glass_patch(glass, r)) for r in runners]
        small = np.clip(street.at(t), 0, 255).astype("u1")
        yield glass.view(np.asarray(Image.fromarray(small).resize((width, height), Image.BILINEAR)))
        for run, (part, old) in reversed(kept):
            for name, value in old.items():
                getattr(glass, name)[part] = value
        k += 1


def glass_patch(glass, run):
    """Draws a running drop for one frame; returns what it covered."""
    x, y, r = run[0], run[1], run[2]
    part = (slice(max(0, int(y - 2 * r - 2)), int(y + 2 * r + 3)), slice(max(0, int(x - r - 3)), int(x + r + 4)))
    old = {n: getattr(glass, n)[part].copy() for n in ("source", "gain", "shine", "wet")}
    glass.put(x, y, r, 1.3 + min(run[3], 4) * 0.08)
    return part, old


def music():
    """Rain first; then an electric piano that is in no hurry."""
    rng = paint.rng_for("rain sound")
    track = sound.silence(SECONDS)
    sound.lay(track, sound.noise(SECONDS, rng, 500, 7000, 2.5, 0.25), 0, 0.16)
    sound.lay(track, sound.noise(SECONDS, rng, 60, 300, 3, 0.6, 0.09), 0, 0.20)
    for _ in range(260):
        sound.lay(track, sound.drop(rng), rng.random() * SECONDS, 0.05 * rng.random() ** 2, rng.uniform(-0.9, 0.9))
    for at, chord in [(1.0, (41, 57, 60, 64, 67)), (6.2, (38, 57, 60, 65, 69)), (11.4, (43, 58, 62, 65, 69)), (16.6, (36, 55, 59, 64, 67)), (21.8, (41, 57, 60, 64, 72))]:
        for i, note in enumerate(chord):
            key = sound.partials(sound.hertz(note), 5.0, [(1, 1, 2.2), (2, 0.25, 1.2), (3, 0.10, 0.5), (7.1, 0.05, 0.12)])
            sound.lay(track, key, at + i * 0.09 + rng.uniform(0, 0.03), 0.17, -0.5 + i * 0.25)
    for at, note in [(3.9, 76), (4.6, 74), (8.8, 72), (9.9, 79), (14.1, 77), (14.8, 76), (19.2, 71), (20.3, 74), (24.4, 79), (25.6, 76)]:
        key = sound.partials(sound.hertz(note), 4.0, [(1, 1, 1.6), (2, 0.2, 0.9), (7.1, 0.06, 0.1)])
        sound.lay(track, key, at, 0.15, 0.3)
    return sound.master(sound.room(track, rng, 2.4, 0.3))


def card(texts):
    """The title card."""
    sheet = paint.clear()
    paint.write(sheet, "RAIN,", "bebas", 128, 90, 560, "#fff1dc", 0.03)
    paint.write(sheet, "window seat", "italic", 74, 94, 634, "#ffc27d", 0.0)
    return sheet


def film(texts):
    """The film, ready to encode."""
    return Film(frames(), (640, 360), RATE, SECONDS, music(), "rgb24", overlays=[Overlay(card(texts), 0.8, 3.4)], fade=(0.8, 2.0))


def poster(texts):
    """The pane fills the sheet; the title is large, set as on a bus blind."""
    image = still(800, 1200, 9.3, "rain poster", 520)
    shade = Image.new("RGB", image.size, (8, 9, 18))
    mask = Image.fromarray(np.repeat((paint.smooth(0.66, 1.0, np.linspace(0, 1, 1200)) * 200).astype("u1")[:, None], 800, 1))
    image.paste(shade, (0, 0), mask)
    size = paint.fit("RAIN", "bebas", 690, 0.02)
    paint.write(image, "RAIN", "bebas", size, 400, 1080, "#fff1dc", 0.02, "middle")
    paint.write(image, "window seat", "italic", 62, 400, 1150, "#ffc27d", 0.01, "middle")
    return image


def backdrop():
    """Wide, without words."""
    return still(1600, 900, 6.0, "rain wide", 900)
