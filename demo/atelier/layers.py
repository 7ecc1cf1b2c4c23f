"""Paper over paper, on Y, U and V planes: strips that slide by whole pixels, sprites that stand between them."""
import numpy as np

from . import paint

W = 1280  # the width of the planes laid over


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
