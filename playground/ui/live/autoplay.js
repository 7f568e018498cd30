// Plays a replay by itself, once in a tab, and gives way to the first touch.

const PLAYED = "played-by-itself";
const TOUCHES = ["pointerdown", "keydown"];

export class Autoplay {
  constructor(live) {
    this.live = live;
    this.state = "off"; // then "waiting" for the charts, "called off" before they are there, or "playing"
    this.touched = ({ target }) => this.giveWay(live.bar.root.contains(target));
  }

  // Whether the replay is to stand at its start, until its charts are drawn.
  prepare(asked) {
    if (!asked || isCalm() || hasPlayed()) return false;
    this.state = "waiting";
    TOUCHES.forEach((touch) => document.addEventListener(touch, this.touched, true));
    return true;
  }

  // The charts are drawn.
  start() {
    if (this.state === "called off") return void this.finish();
    if (this.state !== "waiting") return;
    this.state = "playing";
    rememberPlay();
    this.live.play();
  }

  // A touch of the bar does what the bar does; any other shows the end, as an unfinished line is no result.
  giveWay(toBar = false) {
    if (this.state === "waiting") this.state = "called off";
    if (this.state !== "playing") return;
    if (toBar || !this.live.playing) this.end();
    else this.finish();
  }

  finish() {
    this.end();
    this.live.jump(Infinity);
    this.live.save();
  }

  end() {
    this.state = "off";
    TOUCHES.forEach((touch) => document.removeEventListener(touch, this.touched, true));
  }
}

function isCalm() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }

// A browser may refuse a page its storage: then the replay plays at every visit.
function hasPlayed() {
  try { return sessionStorage.getItem(PLAYED) !== null; } catch { return false; }
}

function rememberPlay() {
  try { sessionStorage.setItem(PLAYED, ""); } catch { /* plays again at the next visit */ }
}
