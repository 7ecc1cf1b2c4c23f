"""Soft synthetic sound: pads, plucks, bells, shaped noise, one room. Arrays are float32 (2, samples), 48 kHz."""
import numpy as np

RATE = 48000


def silence(seconds):
    """A stereo track of nothing."""
    return np.zeros((2, int(seconds * RATE)), "f4")


def hertz(note):
    """The frequency of a MIDI note number (69 = A4)."""
    return 440.0 * 2 ** ((note - 69) / 12)


def lay(track, sound, at, gain=1.0, pan=0.0):
    """Adds a mono or stereo sound at `at` seconds; pan -1..1. What runs past the end is cut."""
    start = int(at * RATE)
    if start >= track.shape[1] or start < 0:
        return
    n = min(sound.shape[-1], track.shape[1] - start)
    left, right = np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)
    if sound.ndim == 1:
        track[0, start : start + n] += (gain * left) * sound[:n]
        track[1, start : start + n] += (gain * right) * sound[:n]
    else:
        track[:, start : start + n] += gain * sound[:, :n]


def pad(notes, seconds, rng, attack=2.0, release=3.0, bright=0.35):
    """A held chord of detuned voices, breathing slowly, each voice leaning to one side."""
    n = int(seconds * RATE)
    t = np.arange(n, dtype="f4") / np.float32(RATE)
    out = np.zeros((2, n), "f4")
    for note in notes:
        for side in (0, 1):
            f = np.float32(hertz(note) * 2 ** (rng.uniform(-5, 5) / 1200))
            phase = (2 * np.pi * f) * t + np.float32(rng.uniform(0, 6.28))
            voice = np.sin(phase)
            voice += np.float32(bright) * np.sin(2 * phase + 1)
            voice += np.float32(bright * 0.4) * np.sin(3 * phase)
            breath = 0.75 + 0.25 * np.sin(2 * np.pi * rng.uniform(0.05, 0.16) * t + np.float32(rng.uniform(0, 6.28)))
            out[side] += voice * breath * np.float32(40.0 / (f + 120.0))
    envelope = np.minimum(1, np.minimum(t / attack, (seconds - t) / release)).clip(0, 1)
    out *= np.sin(envelope * np.float32(np.pi / 2)) ** 2
    return out


def partials(freq, seconds, parts):
    """Decaying sines: parts are (ratio, gain, decay in seconds)."""
    n = int(seconds * RATE)
    t = np.arange(n, dtype="f4") / np.float32(RATE)
    out = np.zeros(n, "f4")
    for ratio, gain, decay in parts:
        if freq * ratio < 12000:
            out += np.float32(gain) * np.sin(np.float32(2 * np.pi * freq * ratio) * t) * np.exp(t * np.float32(-1 / decay))
    out[:96] *= np.linspace(0, 1, 96, dtype="f4")
    out[-960:] *= np.linspace(1, 0, 960, dtype="f4")
    return out


def pluck(note, seconds=2.0, soft=1.0):
    """A string, plucked with the finger."""
    f = hertz(note)
    return partials(f, seconds, [(k, 1 / k ** (1.2 + soft * 0.6), 0.9 / k**0.8) for k in range(1, 8)])


def bell(note, seconds=4.0):
    """A small bell, inharmonic, slow to die."""
    f = hertz(note)
    return partials(f, seconds, [(1, 1, 1.6), (2.01, 0.5, 1.1), (2.76, 0.35, 0.8), (5.4, 0.18, 0.4), (8.9, 0.06, 0.2)])


def drop(rng):
    """One drop of water on glass: a short falling chirp."""
    n = int(0.05 * RATE)
    t = np.arange(n, dtype="f4") / RATE
    f = rng.uniform(900, 3200)
    return (np.sin(2 * np.pi * f * t * (1 + 4 * t)) * np.exp(-t * rng.uniform(70, 160))).astype("f4")


def noise(seconds, rng, low, high, tilt=0.0, drift=0.0, rate=0.15):
    """Stereo noise between two frequencies, falling `tilt` dB an octave; `drift` 0..1 makes it swell like surf."""
    n = int(seconds * RATE)
    size = 1 << 18  # a loop of 5.5 s, periodic by construction, is long enough not to be heard as one
    f = np.fft.rfftfreq(size, 1 / RATE).astype("f4")
    shape = 1 / (1 + (low / np.maximum(f, 1)) ** 4) / (1 + (f / high) ** 4) * (np.maximum(f, 20) / 500) ** (-tilt / 6.02)
    out = np.empty((2, n), "f4")
    for side in (0, 1):
        spectrum = shape * np.exp(1j * rng.uniform(0, 2 * np.pi, f.size))
        loop = np.fft.irfft(spectrum).astype("f4")
        loop /= loop.std() * 4
        out[side] = np.tile(loop, n // size + 1)[:n]
    if drift:
        t = np.arange(n, dtype="f4") / RATE
        a = rng.uniform(0, 6.28)
        swell = 0.5 + 0.3 * np.sin(2 * np.pi * rate * t + a) + 0.2 * np.sin(2 * np.pi * rate * 0.618 * t + 2 * a)
        out *= (1 - drift + drift * swell).astype("f4")
    return out


def room(track, rng, seconds=2.5, wet=0.35, damp=4000.0):
    """The track in a room: a decaying noise tail convolved by overlap-add, darker as it fades."""
    n = int(seconds * RATE)
    t = np.arange(n, dtype="f4") / RATE
    block = 1 << 18
    size = block * 2
    f = np.fft.rfftfreq(size, 1 / RATE)
    out = np.array(track)
    for side in (0, 1):
        tail = rng.standard_normal(n, "f4") * np.exp(t * (-6.9 / seconds)).astype("f4")
        tail[: int(0.012 * RATE)] *= 0.1
        response = np.fft.rfft(tail, size) / (1 + (f / damp) ** 2)
        response /= np.sqrt((tail**2).sum())
        mono = 0.75 * track[side] + 0.25 * track[1 - side]
        for start in range(0, mono.size, block):
            piece = np.fft.irfft(np.fft.rfft(mono[start : start + block], size) * response).astype("f4")
            stop = min(mono.size, start + size)
            out[side, start:stop] += np.float32(wet * 2.0) * piece[: stop - start]
    return out


def loudness(track):
    """Integrated loudness in LUFS, K-weighted over the whole track, without gating."""
    block = 1 << 18
    total, count = 0.0, 0
    f = np.fft.rfftfreq(block, 1 / RATE)
    # The two K filters as magnitudes: a high-pass near 38 Hz and a shelf of +4 dB above 1.5 kHz.
    weight = (f**4 / (f**4 + 38.0**4)) * (1 + 1.51 * (f**4 / (f**4 + 1500.0**4)))
    for start in range(0, track.shape[1] - block // 2, block):
        for side in (0, 1):
            s = np.abs(np.fft.rfft(track[side, start : start + block], block)) ** 2
            total += 2 * (s * weight).sum() / block
        count += min(block, track.shape[1] - start)
    return -0.691 + 10 * np.log10(max(total / max(count, 1), 1e-12))


def master(track, fade_in=0.6, fade_out=2.5, target=-20.0):
    """Fades, sets the loudness to `target` LUFS and softens peaks; int16 (samples, 2)."""
    n = track.shape[1]
    for edge, seconds in ((0, fade_in), (1, fade_out)):
        m = min(n, int(seconds * RATE))
        curve = (np.sin(np.linspace(0, np.pi / 2, m)) ** 2).astype("f4")
        if edge == 0:
            track[:, :m] *= curve
        else:
            track[:, n - m :] *= curve[::-1]
    track = track * np.float32(10 ** ((target - loudness(track)) / 20))
    track = np.tanh(track * np.float32(1.1)) / np.float32(1.1)
    return (track.T * 32000).astype("<i2")
