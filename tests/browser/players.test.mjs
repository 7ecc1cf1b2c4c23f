// Other people's players and readers of what the service serves: each must play it, and none may complain.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { demandEncryption, listen, open, pageOf, redeem, signIn, visitor } from "./browser.mjs";
import { decode, fileOf, frames, makeFilms, mpv, pitches, playlists, seconds } from "./oracles.mjs";
import { root, start } from "./service.mjs";
import { sendFile, standBefore } from "./stand_in.mjs";

const here = path.join(root, "tests/browser");
const scripts = {
  "hls.js": "node_modules/hls.js/dist/hls.min.js",
  "dash.js": "node_modules/dashjs/dist/modern/umd/dash.all.min.js",
  "shaka-player": "node_modules/shaka-player/dist/shaka-player.compiled.js",
};
const players = [["hls.js", "HLS"], ["dash.js", "DASH"], ["shaka-player", "HLS"], ["shaka-player", "DASH"]];
const watched = ["Two sounds", "AV1 and Opus", "VP9 and FLAC"];
/** Open groups are for readers alone: Chromium cannot seek in such H.264, not in the plain file either. */
const read = [...watched, "Usual film", "Uneven frames", "Open groups", "Sound alone"];
/** How long a player may take over anything, in milliseconds: the machine may be busy. */
const patience = 30_000;

describe("players", () => {
  let folder, service, door, browser, member;
  /** What the door does to a file on its way, by the end of its address. */
  const harm = {};

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cineclub-players-"));
    await makeFilms(folder);
    service = await start("sqlite", { place: folder });
    door = await standBefore(service, (request, response, asked) => {
      const [, own, name] = asked.split("/");
      if (own === "oracle") sendPage(response, name);
      else if (asked in harm) sendHarmed(response, asked);
      else return false;
      return true;
    });
    browser = await open();
    member = await visitor(browser);
    await signIn(member, service, service.owner, service.password);
    await redeem(member, service);
  });

  after(async () => {
    await browser?.close();
    await door?.close();
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A page with one player on it, or a script of such a page. */
  const sendPage = (response, name) => {
    if (name.endsWith("-page")) {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(`<!doctype html><video></video><script src="${name.replace("-page", "")}"></script><script src="oracle_page.js"></script>`);
    } else {
      sendFile(response, path.join(here, scripts[name] ?? name));
    }
  };

  const sendHarmed = async (response, asked) => {
    const answer = await fetch(service.url + asked);
    response.setHeader("Content-Type", answer.headers.get("content-type"));
    response.end(harm[asked](Buffer.from(await answer.arrayBuffer())));
  };

  /** Presses play and returns the film's addresses; those of the play before are void from then on. */
  const play = async (name) => {
    const slug = `${name.toLowerCase().replaceAll(" ", "-")}-2020`;
    const headers = { "X-Requested-With": "cineclub", Origin: service.url };
    const data = { device: { encryption: true } };
    const answer = await member.request.post(`${service.url}/api/v1/titles/${slug}/play`, { headers, data });
    assert.equal(answer.status(), 200);
    const { manifest, manifest_dash } = await answer.json();
    return { HLS: door.url + manifest, DASH: door.url + manifest_dash };
  };

  /** Plays a film in a player from its start and from five places, and collects all that is wrong; or all but the pictures. */
  const watch = async (player, url, isSeen = true) => {
    const page = await pageOf(member.context());
    await page.goto(`${door.url}/oracle/${player}-page`);
    await page.evaluate(([name, url]) => window.oracle.open(name, url), [player, url]);
    const plays = (to) => page.evaluate(([to, patience]) => window.oracle.plays(to, patience), [to, patience]);
    const wrong = [];
    for (const to of [null, 15, 4.5, 0, seconds - 1.2, 9]) {
      if (!(await plays(to))) wrong.push(`it does not play from ${to ?? "its start"}`);
    }
    const seen = await page.evaluate(() => ({ ...window.oracle, duration: document.querySelector("video").duration }));
    if (Math.abs(seen.duration - seconds) > 0.1) wrong.push(`it lasts ${seen.duration} s`);
    const isOf = ({ time, second }) => !isSeen || Math.abs(time - second - 0.5) < 1;
    if (seen.pictures.length < 20) wrong.push(`${seen.pictures.length} pictures were shown`);
    wrong.push(...seen.pictures.filter((picture) => !isOf(picture)).map(({ time, second }) => `at ${time} s is a picture of ${second} s`));
    wrong.push(...seen.complaints, ...page.problems);
    return { page, plays, wrong };
  };

  for (const name of read) {
    test(`${name}: a strict reader takes every playlist, and the figures agree`, async () => {
      const { first, lists } = await playlists((await play(name)).HLS);
      const isHeard = name === "Sound alone";
      const texts = first.variants[0].subtitles.length;
      const sounds = name === "Two sounds" ? 2 : 1;
      assert.equal(first.variants.filter((variant) => variant.isIFrameOnly).length, isHeard ? 0 : 1);
      assert.equal(texts, name === "Two sounds" ? 2 : 0);
      assert.equal(first.variants[0].audio.length, sounds);
      assert.equal(Object.keys(lists).length, isHeard ? 1 : 2 + sounds + texts);
      assert.deepEqual(first.variants.filter((variant) => !variant.codecs), []);
      for (const [uri, list] of Object.entries(lists)) {
        const lengths = list.segments.map((segment) => segment.duration);
        const isText = /\.vtt$/.test(list.segments[0].uri);
        const most = name === "Uneven frames" ? 7 : 6;
        assert.equal(lengths.length, isText ? 1 : most, uri);
        assert.ok(lengths.every((length) => length > 0 && Math.round(length) <= list.targetDuration), uri);
        assert.ok(Math.abs(lengths.reduce((sum, length) => sum + length) - seconds) < 0.05, `${uri}: ${lengths}`);
      }
    });

    test(`${name}: ffmpeg decodes all of it, and finds every frame at its time`, async () => {
      const urls = await play(name);
      const pictures = name === "Sound alone" ? [] : [fileOf(folder, name), ...Object.values(urls)];
      const [complaints, [source, ...served]] = await Promise.all([
        Promise.all(Object.values(urls).map(decode)),
        Promise.all(pictures.map(frames)),
      ]);
      assert.deepEqual(complaints, [[], []]);
      for (const film of served) assert.deepEqual(film, source);
    });
  }

  for (const name of watched) {
    test(`${name}: mpv plays it`, async () => {
      const urls = await play(name);
      assert.deepEqual(await mpv(urls.HLS), []);
      assert.deepEqual(await mpv(urls.DASH), []);
      // Only in DASH: libavformat loses its way in every HLS of fragmented MP4 that is sought in (mpv-player/mpv#15184).
      assert.deepEqual(await mpv(urls.DASH, 13), []);
    });

    for (const [player, protocol] of players) {
      test(`${name}: ${player} plays its ${protocol}, and seeks in it`, async () => {
        const { page, plays, wrong } = await watch(player, (await play(name))[protocol]);
        assert.deepEqual(wrong, []);
        if (name === "Two sounds") {
          assert.deepEqual(await page.evaluate(() => window.oracle.sounds()), ["en", "fr"]);
          const pitch = await listen(page);
          await hears(page, pitch, pitches[0]);
          await page.evaluate(() => window.oracle.choose(1));
          await hears(page, pitch, pitches[1]);
          assert.ok(await plays(null), "it plays on with the other sound");
          assert.deepEqual(await page.evaluate(() => window.oracle.complaints), []);
        }
        await page.close();
      });
    }
  }

  test("Three sizes: a strict reader takes them all, and they have their segments at the same times", async () => {
    const { first, lists } = await playlists((await play("Three sizes")).HLS);
    const [keys, variants] = [true, false].map((which) => first.variants.filter((one) => !!one.isIFrameOnly === which));
    assert.deepEqual(variants.map((one) => one.resolution.height), [360, 90, 180]);
    assert.deepEqual(keys.map((one) => one.resolution.height), [360, 90, 180]);
    const starts = variants.map(({ uri }) => lists[uri].segments.map((segment) => segment.duration));
    assert.ok(starts[0].length > 4);
    assert.deepEqual(starts[1], starts[0]);
    assert.deepEqual(starts[2], starts[0]);
  });

  for (const [player, protocol] of players) {
    test(`Three sizes: ${player} switches up and down in its ${protocol}`, async () => {
      const page = await pageOf(member.context());
      await page.goto(`${door.url}/oracle/${player}-page`);
      const url = (await play("Three sizes"))[protocol];
      await page.evaluate(([name, url]) => window.oracle.open(name, url), [player, url]);
      assert.ok(await page.evaluate((patience) => window.oracle.plays(null, patience), patience), "it plays");
      const heights = await page.evaluate(() => window.oracle.sizes());
      assert.deepEqual(heights.sort((a, b) => a - b), [90, 180, 360]);
      for (const height of [90, 360, 180]) {
        const switched = await page.evaluate(([height, patience]) => window.oracle.switches(height, patience), [height, patience]);
        assert.ok(switched, `it plays in ${height}: ${await page.evaluate(() => window.oracle.complaints)}`);
      }
      const { complaints, pictures } = await page.evaluate(() => window.oracle);
      assert.deepEqual([...complaints, ...page.problems], []);
      assert.deepEqual(pictures.filter(({ time, second }) => Math.abs(time - second - 0.5) >= 1), []);
      await page.close();
    });
  }

  test("Deep FLAC: shaka-player plays it", async () => {
    const { page, wrong } = await watch("shaka-player", (await play("Deep FLAC")).HLS);
    await page.close();
    assert.deepEqual(wrong, []);
  });

  /** Waits until the loudest pitch is this one. */
  const hears = async (page, pitch, wanted) => {
    const deadline = Date.now() + patience;
    while (Math.abs((await pitch()) - wanted) > 10) {
      assert.ok(Date.now() < deadline, `${wanted} Hz is not heard`);
      await page.waitForTimeout(50);
    }
  };

  test("harm on the way is noticed", async () => {
    const urls = await play("Usual film");
    const at = (file) => urls.HLS.replace(door.url, "").replace("master.m3u8", file);

    harm[at("1/index.m3u8")] = (list) => String(list).replace("#EXTINF:4", "#EXTINF:5");
    await assert.rejects(playlists(urls.HLS), /EXTINF duration/);
    delete harm[at("1/index.m3u8")];

    // The second segment's pictures come four seconds late.
    harm[at("1/1.m4s")] = (segment) => {
      const place = segment.indexOf("tfdt") + 8;
      segment.writeBigUInt64BE(segment.readBigUInt64BE(place) + 4n * 12800n, place);
      return segment;
    };
    assert.notDeepEqual(await frames(urls.HLS), await frames(fileOf(folder, "Usual film")));
    const { page, wrong } = await watch("shaka-player", urls.DASH);
    assert.ok(wrong.includes("it does not play from 4.5"), wrong.join("; "));
    await page.close();
  });

  describe("encrypted", () => {
    before(async () => {
      const page = await member.context().newPage();
      await demandEncryption(page, service, "usual-film-2020");
      await page.close();
    });

    for (const [player, protocol] of players.filter(([player]) => player !== "hls.js")) {
      test(`Usual film: ${player} plays its ${protocol}, and seeks in it`, async () => {
        const urls = await play("Usual film");
        const init = await fetch(urls.HLS.replace("master.m3u8", "1/init.mp4"));
        assert.ok(Buffer.from(await init.arrayBuffer()).includes("encv"), "control: it is encrypted");
        const { page, wrong } = await watch(player, urls[protocol], false);
        assert.deepEqual(wrong, []);
        const time = await page.evaluate(() => {
          const video = document.querySelector("video");
          video.pause();
          return video.currentTime;
        });
        const png = await page.locator("video").screenshot();
        const second = await page.evaluate((bytes) => window.oracle.secondIn(bytes), [...png]);
        assert.ok(Math.abs(time - second - 0.5) < 1, `at ${time} s is a picture of ${second} s`);
        await page.close();
      });
    }
  });
});
