//! What this screen is and what it can decode, as told to the server when a play starts.

export interface Device {
  readonly name: string;
  readonly codecs: readonly string[];
  /** Whether it plays what is encrypted, once it is given the key. */
  readonly encryption: boolean;
}

/** One string for each codec that the server tells apart (`domain::codec`), and a higher level of the commonest. */
const asked: ReadonlyArray<readonly [string, string]> = [
  ["video/mp4", "avc1.640028"],
  ["video/mp4", "avc1.640033"],
  ["video/mp4", "hvc1.1.6.L120.B0"],
  ["video/mp4", "hvc1.2.4.L120.B0"],
  ["video/mp4", "hev1.1.6.L120.B0"],
  ["video/mp4", "hev1.2.4.L120.B0"],
  ["video/mp4", "av01.0.08M.08"],
  ["video/mp4", "av01.0.08M.10"],
  ["video/mp4", "vp09.00.40.08"],
  ["video/mp4", "vp09.02.40.10"],
  ["audio/mp4", "mp4a.40.2"],
  ["audio/mp4", "mp4a.6B"],
  ["audio/mp4", "ac-3"],
  ["audio/mp4", "ec-3"],
  ["audio/mp4", "opus"],
  ["audio/mp4", "flac"],
];

export async function thisDevice(): Promise<Device> {
  const codecs = asked.filter(([type, codec]) => decodes(type, codec)).map(([, codec]) => codec);
  return { name: deviceName(navigator.userAgent), codecs, encryption: await decrypts() };
}

/** A name a person recognises in a list of devices; the whole user agent would say more than is needed. */
export function deviceName(userAgent: string): string {
  const browser = first(userAgent, [["Edg/", "Edge"], ["OPR/", "Opera"], ["SamsungBrowser", "Samsung Internet"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]]) ?? "Browser";
  const system = first(userAgent, [["Web0S", "LG television"], ["Tizen", "Samsung television"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["CrOS", "ChromeOS"], ["Windows", "Windows"], ["Mac OS X", "macOS"], ["Linux", "Linux"]]);
  return system ? `${browser}, ${system}` : browser;
}

function first(haystack: string, pairs: ReadonlyArray<readonly [string, string]>): string | undefined {
  return pairs.find(([needle]) => haystack.includes(needle))?.[1];
}

function decodes(type: string, codec: string): boolean {
  const mime = `${type}; codecs="${codec}"`;
  if (typeof MediaSource !== "undefined") return MediaSource.isTypeSupported(mime);
  return document.createElement("video").canPlayType(mime) !== "";
}

/** Asks for what the server sends where a grant demands encryption. Browsers have this under HTTPS and on this machine alone. */
async function decrypts(): Promise<boolean> {
  if (!("requestMediaKeySystemAccess" in navigator)) return false;
  const scheme = "cbcs";
  const videoCapabilities = [{ contentType: 'video/mp4; codecs="avc1.640028"', encryptionScheme: scheme }];
  const audioCapabilities = [{ contentType: 'audio/mp4; codecs="mp4a.40.2"', encryptionScheme: scheme }];
  try {
    const access = await navigator.requestMediaKeySystemAccess("org.w3.clearkey", [{ initDataTypes: ["keyids"], videoCapabilities, audioCapabilities }]);
    // A browser that knows no schemes passes over the word, and says so by leaving it out.
    return access.getConfiguration().videoCapabilities?.[0]?.encryptionScheme === scheme;
  } catch {
    return false;
  }
}
