"""The texts beside the films: NFO in Kodi's dialect, SubRip captions, rights."""
import json
import os
from xml.sax.saxutils import escape

from . import library


def nfo(root, pairs):
    """An NFO document from (element, value or list of values, attributes text)."""
    lines = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', f"<{root}>"]
    for name, value, *attributes in pairs:
        for one in value if isinstance(value, list) else [value]:
            lines.append(f"  <{name}{' ' + attributes[0] if attributes else ''}>{escape(str(one))}</{name}>")
    return "\n".join(lines + [f"</{root}>", ""])


def about(title, language, minutes, what):
    """The NFO of a film or series in one language."""
    told = title[language]
    pairs = [
        ("title", told["title"]), ("originaltitle", title["en"]["title"]), ("sorttitle", sort_title(told["title"])), ("year", title["year"]),
        ("tagline", told["tagline"]), ("plot", told["plot"]), ("genre", told.get("genre", title["genre"])),
        ("mpaa", title["certification"]), ("director", title.get("director", library.WORKSHOP)),
        ("studio", title.get("studio", library.WORKSHOP)), ("uniqueid", title["id"], 'type="cineclub-demo" default="true"'),
    ]
    if minutes:
        pairs.insert(6, ("runtime", minutes))
    if what == "tvshow":
        pairs += [("namedseason", s[language], f'number="{s["number"]}"') for s in title["seasons"]]
    return nfo(what, pairs)


def sort_title(text):
    """The title without its leading article, as lists sort it."""
    for article in ("The ", "An ", "A ", "Le ", "La ", "Les ", "L'"):
        if text.startswith(article):
            return text[len(article) :]
    return text


def stamp(seconds):
    """SubRip's time."""
    ms = round(seconds * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def captions(rows, kind):
    """SubRip text from [start, end, en, fr, (sound)]; kind is 'en', 'fr' or 'sdh'."""
    out = []
    for row in rows:
        text = row[3] if kind == "fr" else row[2]
        if kind == "sdh" and len(row) > 4 and row[4]:
            text = f"{row[4]}\n{text}"
        if not (row[0] < row[1]) or not text:
            raise ValueError(f"a caption needs a start before its end, and words: {row}")
        out.append(f"{len(out) + 1}\n{stamp(row[0])} --> {stamp(row[1])}\n{text}\n")
    return "\n".join(out)


def rights_toml(title):
    """rights.toml: what the demo's grants are made from."""
    lines = ["# The terms on which this folder's title may be shown."]
    lines += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in library.rights(title).items()]
    return "\n".join(lines) + "\n"


def of_film(film, seconds):
    """Every text file of a film: path inside the library to content."""
    base = os.path.join(film["folder"], film["name"])
    minutes = max(1, round(seconds / 60))
    out = {base + ".nfo": about(film, "en", minutes, "movie"), base + ".fr.nfo": about(film, "fr", minutes, "movie"),
           os.path.join(film["folder"], "rights.toml"): rights_toml(film)}
    return out | subtitles(base, film)


def subtitles(base, thing):
    """The caption files of a film or episode."""
    rows = thing.get("captions")
    if not rows:
        return {}
    out = {base + ".en.srt": captions(rows, "en"), base + ".fr.srt": captions(rows, "fr")}
    if thing.get("sdh"):
        out[base + ".en.sdh.srt"] = captions(rows, "sdh")
    return out


def of_series(show):
    """Every text file of a series and its episodes."""
    top = show["folder"]
    out = {os.path.join(top, "tvshow.nfo"): about(show, "en", None, "tvshow"), os.path.join(top, "tvshow.fr.nfo"): about(show, "fr", None, "tvshow"),
           os.path.join(top, "rights.toml"): rights_toml(show)}
    for e in show["episode"]:
        base = os.path.join(e["folder"], e["name"])
        for language, end in (("en", ".nfo"), ("fr", ".fr.nfo")):
            out[base + end] = nfo("episodedetails", [
                ("title", e[language]["title"]), ("showtitle", show[language]["title"]), ("season", e["season"]), ("episode", e["number"]),
                ("plot", e[language]["plot"]), ("aired", e["aired"]), ("runtime", 1), ("mpaa", show["certification"]),
                ("director", library.WORKSHOP), ("studio", library.WORKSHOP),
                ("uniqueid", f"{show['id']}-s{e['season']:02}e{e['number']:02}", 'type="cineclub-demo" default="true"')])
        out |= subtitles(base, e)
    return out
