"""What stands in the library: the texts read, every title's folder and file names, and who may use it."""
import os
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = os.path.join(os.path.dirname(HERE), "texts")
WORKSHOP = "Cineclub Workshop"
SEEN = "2026-11-23"


def read(name):
    """One file of texts."""
    with open(os.path.join(TEXTS, name), "rb") as f:
        return tomllib.load(f)


def films():
    """Every film's texts, with `folder` and `name` (no extension)."""
    out = read("films.toml")["film"]
    for film in out:
        film["name"] = f"{film['title']} ({film['year']})"
        film["folder"] = film["name"]
    return out


def series():
    """Every series' texts; its episodes with `folder` and `name`."""
    out = read("series.toml")["series"]
    for show in out:
        show["folder"] = show["title"]
        for e in show["episode"]:
            e["folder"] = os.path.join(show["title"], f"Season {e['season']:02}")
            e["name"] = f"{show['title']} - S{e['season']:02}E{e['number']:02} - {e['en']['title']}"
    return out


def films_and_episodes():
    """Every playable thing: its folder and name."""
    for film in films():
        yield film["folder"], film["name"]
    for show in series():
        for e in show["episode"]:
            yield e["folder"], e["name"]


def rights(title):
    """The grant's particulars for a film or series."""
    if title.get("bunny"):
        sound = "CC BY 3.0, sound re-encoded" if title["bunny"] == "trailer" else "CC BY 3.0"
        return {
            "licence": "CC-BY-3.0", "licence_url": "https://creativecommons.org/licenses/by/3.0/",
            "licensor": "Blender Foundation",
            "attribution": f"© 2008 Blender Foundation | peach.blender.org, {sound}",
            # The sentence of peach.blender.org/about, as others quote it: the page itself was not in reach when this was written.
            "statement": "The results of the Peach open movie project has been licensed under the Creative Commons Attribution 3.0 license. "
                         "(peach.blender.org/about, as quoted by others)",
            "seen": SEEN,
        }
    return {
        "licence": "CC0-1.0", "licence_url": "https://creativecommons.org/publicdomain/zero/1.0/",
        "licensor": WORKSHOP,
        "attribution": f"{title['title']}, {WORKSHOP}, {title['year']}. Dedicated to the public domain (CC0 1.0)",
        "statement": "To the extent possible under law, the makers have waived all copyright and related or neighbouring rights to this work, "
                     "its pictures, sound, texts and artwork.",
        "seen": SEEN,
    }
