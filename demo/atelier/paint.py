"""Colour, noise, type and planes: what every work paints with. Everything random takes a generator."""
import functools
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = {
    "serif": "/usr/share/fonts/opentype/ebgaramond/EBGaramond12-Regular.otf",
    "italic": "/usr/share/fonts/opentype/ebgaramond/EBGaramond12-Italic.otf",
    "spartan": "/usr/share/fonts/opentype/league-spartan/LeagueSpartan-SemiBold.otf",
    "spartan-bold": "/usr/share/fonts/opentype/league-spartan/LeagueSpartan-ExtraBold.otf",
    "spartan-light": "/usr/share/fonts/opentype/league-spartan/LeagueSpartan-Light.otf",
    "bebas": "/usr/share/fonts/opentype/bebas-neue/BebasNeue-Bold.otf",
}


def rng_for(name):
    """A generator that depends on the name alone, so a work is the same on every machine."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def rgb(colour):
    """'#1a2b3c' or a triple as a float32 triple, 0..255."""
    if isinstance(colour, str):
        colour = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.asarray(colour, "f4")


def yuv(colours):
    """RGB 0..255 on the last axis to BT.709 limited-range Y, U, V (three float arrays)."""
    c = np.asarray(colours, "f4")
    r, g, b = c[..., 0], c[..., 1], c[..., 2]
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 16 + y * (219 / 255), 128 + (b - y) * (224 / 255 / 1.8556), 128 + (r - y) * (224 / 255 / 1.5748)


def ramp(stops, size=1024):
    """A colour table from [(position 0..1, colour)], as float32 (size, 3); mixed in linear light."""
    at = np.linspace(0, 1, size)
    where = [s[0] for s in stops]
    lin = np.stack([(rgb(s[1]) / 255) ** 2.2 for s in stops])
    mixed = np.stack([np.interp(at, where, lin[:, c]) for c in range(3)], -1)
    return (255 * mixed ** (1 / 2.2)).astype("f4")


def tables(colours):
    """The Y, U, V byte tables for a colour table."""
    return tuple(np.clip(p + 0.5, 0, 255).astype("u1") for p in yuv(colours))


def planes_of(image):
    """A PIL picture (even sides) as Y, U, V byte planes, chroma halved."""
    y, u, v = yuv(np.asarray(image.convert("RGB"), "f4"))
    half = lambda p: (p[0::2, 0::2] + p[1::2, 0::2] + p[0::2, 1::2] + p[1::2, 1::2]) / 4
    return tuple(np.clip(p + 0.5, 0, 255).astype("u1") for p in (y, half(u), half(v)))


def resize(field, width, height, how=Image.BICUBIC):
    """A float32 field at another size."""
    return np.asarray(Image.fromarray(np.ascontiguousarray(field, "f4")).resize((width, height), how))


def cloud(rng, width, height, cell, octaves=4, fade=0.5, stretch=1.0):
    """Soft noise 0..1; `cell` is the size in pixels of the largest form, `stretch` widens it."""
    total = np.zeros((height, width), "f4")
    gain = 1.0
    for o in range(octaves):
        size = cell / 2**o
        nx, ny = max(2, round(width / size / stretch) + 2), max(2, round(height / size) + 2)
        total += gain * resize(rng.random((ny, nx), "f4"), width, height)
        gain *= fade
    total -= total.min()
    return total / max(total.max(), 1e-6)


def smooth(low, high, x):
    """The smoothstep from low to high."""
    s = np.clip((x - low) / (high - low), 0, 1)
    return s * s * (3 - 2 * s)


def picture(array):
    """A float array (h, w, 3), 0..255, as a PIL picture."""
    return Image.fromarray(np.clip(array, 0, 255).astype("u1"), "RGB")


def gradient(width, height, stops):
    """A vertical gradient, float32 (h, w, 3)."""
    return np.repeat(ramp(stops, height)[:, None, :], width, 1)


def grain(image, rng, amount=5.0):
    """The picture with fine paper grain, so flat colour does not band."""
    a = np.asarray(image.convert("RGB"), "f4")
    noise = rng.standard_normal(a.shape[:2], "f4") * amount
    return picture(a + noise[..., None])


def glow(image, radius, gain):
    """Adds a blurred copy of the picture's light to itself."""
    small = image.resize((image.width // 4, image.height // 4), Image.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(radius / 4)).resize(image.size, Image.BICUBIC)
    return picture(np.asarray(image, "f4") + gain * np.asarray(soft, "f4"))


@functools.lru_cache(None)
def font(face, size):
    """A face of FONTS at a size in pixels."""
    return ImageFont.truetype(FONTS[face], size)


def measure(text, face, size, tracking=0.0):
    """The width in pixels of a line set with `tracking` (in ems) between letters."""
    return font(face, size).getlength(text) + tracking * size * (len(text) - 1)


def fit(text, face, width, tracking=0.0, most=400):
    """The largest size at which the line is no wider than `width`."""
    guess = min(most, int(width / max(measure(text, face, 100, tracking), 1) * 100))
    while guess > 6 and measure(text, face, guess, tracking) > width:
        guess -= 1
    return guess


def write(image, text, face, size, x, y, fill, tracking=0.0, align="left", opacity=1.0):
    """Sets one line with its baseline at y; x is its left, middle or right. Shrinks rather than leave the sheet."""
    room = image.width * 0.94
    if measure(text, face, size, tracking) > room:
        size = fit(text, face, room, tracking, size)
    width = measure(text, face, size, tracking)
    left = x - {"left": 0, "middle": width / 2, "right": width}[align]
    mask = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(mask)
    f = font(face, size)
    if tracking == 0:
        draw.text((left, y), text, font=f, fill=255, anchor="ls")
    else:
        for i, letter in enumerate(text):
            # The width of the pair less that of its second letter keeps the kerning.
            draw.text((left, y), letter, font=f, fill=255, anchor="ls")
            pair = text[i : i + 2]
            left += f.getlength(pair) - (f.getlength(pair[1]) if len(pair) == 2 else 0) + tracking * size
    if opacity < 1:
        mask = mask.point(lambda p: int(p * opacity))
    colour = tuple(int(c) for c in rgb(fill))
    if image.mode == "RGBA":
        image.alpha_composite(Image.merge("RGBA", [Image.new("L", image.size, c) for c in colour] + [mask]))
    else:
        image.paste(colour, (0, 0), mask)
    return width


def clear(width=1280, height=720):
    """An empty transparent sheet."""
    return Image.new("RGBA", (width, height), (0, 0, 0, 0))


def smoothed(width, height, draw_on, scale=2, mode="RGBA", ground=0):
    """A sheet drawn `scale` times larger by draw_on(ImageDraw, scale) and reduced: clean edges."""
    big = Image.new(mode, (width * scale, height * scale), ground)
    draw_on(ImageDraw.Draw(big), scale)
    return big.resize((width, height), Image.BOX)
