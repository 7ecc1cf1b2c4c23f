"""From frames and sound to a file: one encoder call per film, and the checks of what came out."""
import json
import os
import shutil
import subprocess
import tempfile
import wave
from fractions import Fraction

from . import sound

COLOUR = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]


# The cheapest analysis that still shows no blocks on soft pictures: a quarter less work than the preset alone.
LEAN = "subme=1:trellis=0:rc-lookahead=10:weightp=0:me=dia"


class Overlay:
    """A sheet laid over the film from `start` for `length` seconds (None: to the end), fading at both ends."""

    def __init__(self, image, start=0.0, length=None, fade_in=0.6, fade_out=0.8):
        self.image, self.start, self.length, self.fade_in, self.fade_out = image, start, length, fade_in, fade_out


class Film:
    """What a work hands over to be encoded.

    `frames` yields bytes-like frames of `pixels` ('yuv420p' or 'rgb24') at `size`; the file is `out` pixels large.
    `rate` is frames per second as a string ('24', '24000/1001').
    """

    def __init__(self, frames, size, rate, seconds, music, pixels="yuv420p", out=(1280, 720), overlays=(),
                 fade=(0.5, 1.5), faststart=True, crf=21, preset="veryfast", ground="black", grade=""):
        self.frames, self.size, self.rate, self.seconds, self.music = frames, size, rate, seconds, music
        self.pixels, self.out, self.overlays, self.fade = pixels, out, list(overlays), fade
        self.faststart, self.crf, self.preset, self.ground, self.grade = faststart, crf, preset, ground, grade

    @property
    def count(self):
        """How many frames the film has."""
        return round(self.seconds * Fraction(self.rate))


def write_wave(path, samples):
    """16-bit stereo samples as a WAVE file."""
    with wave.open(path, "wb") as w:
        w.setnchannels(2)
        w.setsampwidth(2)
        w.setframerate(sound.RATE)
        w.writeframes(samples.tobytes())


def graph(film):
    """The filter graph: scale, overlays, fades."""
    width, height = film.out
    seconds = film.count / Fraction(film.rate)
    chain = "[0:v]"
    steps = []
    if film.pixels == "rgb24":
        steps.append(f"scale={width}:{height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p")
    elif tuple(film.size) != (width, height):
        steps.append(f"scale={width}:{height}:flags=bicubic")
    if film.grade:
        steps.append(film.grade)
    parts = [f"{chain}{','.join(steps) or 'null'}[v0]"]
    for i, o in enumerate(film.overlays):
        length = float(seconds) - o.start if o.length is None else o.length
        fades = f"fade=in:st=0:d={o.fade_in}:alpha=1," if o.fade_in else ""
        if o.length is not None:
            fades += f"fade=out:st={length - o.fade_out}:d={o.fade_out}:alpha=1,"
        parts.append(
            f"[{i + 2}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuva420p,loop=-1:1:0,setpts=N/({film.rate})/TB,"
            f"trim=end={length},{fades}setpts=PTS+{o.start}/TB[o{i}]"
        )
        parts.append(f"[v{i}][o{i}]overlay=eof_action=pass:format=yuv420[v{i + 1}]")
    last = f"[v{len(film.overlays)}]"
    ends = []
    if film.fade[0]:
        ends.append(f"fade=in:st=0:d={film.fade[0]}:color={film.ground}")
    if film.fade[1]:
        ends.append(f"fade=out:st={float(seconds) - film.fade[1]:.3f}:d={film.fade[1]}:color={film.ground}")
    parts.append(f"{last}{','.join(ends) or 'null'}[v]")
    return ";".join(parts)


def encode(film, target, scratch):
    """Makes the film at `target`, through a scratch folder; raises RuntimeError with the encoder's words."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        track = os.path.join(folder, "sound.wav")
        write_wave(track, film.music)
        inputs = []
        for i, o in enumerate(film.overlays):
            path = os.path.join(folder, f"sheet{i}.png")
            o.image.save(path, compress_level=1)
            inputs += ["-r", film.rate, "-i", path]
        made = os.path.join(folder, "film.mp4")
        keys = round(2 * Fraction(film.rate))
        command = [
            "ffmpeg", "-v", "error", "-nostdin", "-y", "-filter_threads", "1", "-filter_complex_threads", "1",
            "-f", "rawvideo", "-pix_fmt", film.pixels, "-s", "%dx%d" % tuple(film.size), "-r", film.rate,
            "-thread_queue_size", "4", "-i", "pipe:0", "-i", track, *inputs, "-filter_complex", graph(film),
            "-map", "[v]", "-map", "1:a", "-frames:v", str(film.count), "-r", film.rate,
            "-c:v", "libx264", "-preset", film.preset, "-profile:v", "high", "-bf", "2", "-b_strategy", "1",
            "-pix_fmt", "yuv420p", "-crf", str(film.crf), "-g", str(keys), "-keyint_min", str(keys // 2),
            "-threads", "1", "-x264-params", LEAN, "-bitexact", *COLOUR,
            "-c:a", "aac", "-aac_coder", "fast", "-b:a", "160k", "-ar", "48000", "-ac", "2",
            "-map_metadata", "-1", *(["-movflags", "+faststart"] if film.faststart else []), made,
        ]
        log = open(os.path.join(folder, "log"), "w+")
        encoder = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log)
        try:
            for _, frame in zip(range(film.count), film.frames):
                for plane in frame if isinstance(frame, tuple) else (frame,):
                    encoder.stdin.write(memoryview(plane).cast("B"))
            encoder.stdin.close()
        except BrokenPipeError:
            pass
        if encoder.wait() != 0:
            log.seek(0)
            raise RuntimeError(f"ffmpeg could not make {os.path.basename(target)}: {log.read().strip()[-800:]}")
        place(made, target)


def place(made, target):
    """Moves a finished file to its name in one step, across file systems too."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        os.replace(made, target)
    except OSError:
        part = os.path.join(os.path.dirname(target), "." + os.path.basename(target) + ".part")
        shutil.copyfile(made, part)
        os.replace(part, target)


def examine(path):
    """What is wrong with a film, as a list of sentences; empty when it is as promised. Second value: its facts."""
    ask = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path]
    run = subprocess.run(ask, capture_output=True, text=True)
    if run.returncode:
        return [f"ffprobe cannot read it: {run.stderr.strip()[-200:]}"], {}
    told = json.loads(run.stdout)
    kinds = {s["codec_type"]: s for s in told["streams"]}
    video, audio = kinds.get("video", {}), kinds.get("audio", {})
    wrong = []
    if video.get("codec_name") != "h264":
        wrong.append(f"picture is {video.get('codec_name')}, not h264")
    if audio.get("codec_name") != "aac":
        wrong.append(f"sound is {audio.get('codec_name')}, not aac")
    packets = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time,dts_time,flags",
         "-of", "csv=p=0", path], capture_output=True, text=True).stdout.split("\n")
    rows = [p.split(",") for p in packets if p.count(",") >= 2]
    keys = sorted(float(r[0]) for r in rows if r[2].startswith("K"))
    length = float(told["format"].get("duration", 0))
    gaps = [b - a for a, b in zip(keys, keys[1:] + [length])] or [length]
    facts = {"seconds": length, "size": f"{video.get('width')}x{video.get('height')}",
             "profile": video.get("profile"), "rate": video.get("r_frame_rate"),
             "reordered": any(r[0] != r[1] for r in rows), "frames": len(rows), "widest_gap": max(gaps),
             "bytes": int(told["format"].get("size", 0))}
    return wrong, facts
