// Other people's players on one page, each under the same few words: open, sounds, choose, sizes, take.

const video = document.querySelector("video");
/** What the players complained of. */
const complaints = [];
const complain = (...words) => complaints.push(words.filter(Boolean).join(" "));

/** Opens a film with a player; what is returned names its sounds and the heights of its picture, and chooses one of them. */
const players = {
  "hls.js"(url) {
    // A machine that builds something else meanwhile may stand still for a second.
    const hls = new Hls({ detectStallWithCurrentTimeMs: 10_000 });
    hls.on(Hls.Events.ERROR, (_, { type, details, error }) => complain(type, details, error?.message));
    hls.loadSource(url);
    hls.attachMedia(video);
    return {
      sounds: () => hls.audioTracks.map((track) => track.lang),
      choose: (place) => (hls.audioTrack = place),
      sizes: () => hls.levels.map((level) => level.height),
      take: (height) => (hls.nextLevel = hls.levels.findIndex((level) => level.height === height)),
    };
  },
  "dash.js"(url) {
    const player = dashjs.MediaPlayer().create();
    const { ERROR, PLAYBACK_ERROR } = dashjs.MediaPlayer.events;
    for (const event of [ERROR, PLAYBACK_ERROR]) player.on(event, ({ error }) => complain(error?.code, error?.message ?? error));
    player.initialize(video, url, true);
    const sounds = () => player.getTracksFor("audio");
    return {
      sounds: () => sounds().map((track) => track.lang),
      choose: (place) => player.setCurrentTrack(sounds()[place]),
      sizes: () => player.getRepresentationsByType("video").map((one) => one.height),
      take(height) {
        player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: false } } } });
        const place = player.getRepresentationsByType("video").findIndex((one) => one.height === height);
        player.setRepresentationForTypeByIndex("video", place, true);
      },
    };
  },
  async "shaka-player"(url) {
    const player = new shaka.Player();
    player.addEventListener("error", ({ detail }) => complain(detail.code, JSON.stringify(detail.data)));
    await player.attach(video);
    await player.load(url);
    const sounds = () => player.getAudioTracks();
    return {
      sounds: () => sounds().map((track) => track.language),
      choose: (place) => player.selectAudioTrack(sounds()[place]),
      sizes: () => player.getVariantTracks().map((track) => track.height),
      take(height) {
        player.configure({ abr: { enabled: false } });
        const track = player.getVariantTracks().find((one) => one.height === height);
        player.selectVariantTrack(track, true);
      },
    };
  },
};

/** The second that the film's own clock shows in a picture: a square for each bit, white for 1. */
function clock(picture) {
  const canvas = new OffscreenCanvas(320, 180);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, 320, 180);
  const isWhite = (bit) => context.getImageData(16 + bit * 32, 16, 1, 1).data[1] > 128;
  return [0, 1, 2, 3, 4].reduce((sum, bit) => sum + (isWhite(bit) ? 1 << bit : 0), 0);
}

window.oracle = {
  complaints,
  /** The pictures seen: when each is to be shown, and the second that it says it is of. */
  pictures: [],
  async open(name, url) {
    try {
      Object.assign(window.oracle, await players[name](url));
    } catch (error) {
      complain("it does not open:", error.code ?? error.message, JSON.stringify(error.data));
    }
    const look = (_, { mediaTime }) => {
      // Called after a seek with what was shown before it, it would draw another picture than it was told of.
      if (!video.seeking && Math.abs(mediaTime - video.currentTime) < 0.5) window.oracle.pictures.push({ time: mediaTime, second: clock(video) });
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    await video.play().catch((error) => complain("it does not play:", error.message));
  },
  /** The second shown in a picture of the screen: what is encrypted can be drawn nowhere else. */
  async secondIn(png) {
    return clock(await createImageBitmap(new Blob([new Uint8Array(png)], { type: "image/png" })));
  },
  /** Goes to `to`, or stays; true when a fifth of a second has played from there in less than `patience` milliseconds. */
  async plays(to, patience) {
    if (to !== null) video.currentTime = to;
    const from = video.currentTime;
    const deadline = performance.now() + patience;
    while (performance.now() < deadline && complaints.length === 0) {
      if (!video.seeking && !video.paused && video.currentTime > from + 0.2) return video.currentTime < from + 2;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  },
  /** Switches to a height; true when the picture has it and plays on, in less than `patience` milliseconds. */
  async switches(height, patience) {
    window.oracle.take(height);
    const deadline = performance.now() + patience;
    while (performance.now() < deadline && complaints.length === 0 && video.videoHeight !== height) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return video.videoHeight === height && window.oracle.plays(null, deadline - performance.now());
  },
};
