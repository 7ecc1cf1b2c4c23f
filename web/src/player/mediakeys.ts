//! Keys of headsets, keyboards and lock screens.

export interface MediaKeyActs {
  seekBy(seconds: number): void;
  next(): void;
}

export function offerMediaKeys(film: { readonly title: string; readonly subtitle: string }, acts: MediaKeyActs): void {
  if (!("mediaSession" in navigator) || typeof MediaMetadata === "undefined") return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: film.title, artist: film.subtitle });
  const offer = (name: MediaSessionAction, act: () => void) => {
    try {
      navigator.mediaSession.setActionHandler(name, act);
    } catch {
      // An action this browser does not know.
    }
  };
  offer("seekbackward", () => acts.seekBy(-10));
  offer("seekforward", () => acts.seekBy(10));
  offer("nexttrack", () => acts.next());
}
