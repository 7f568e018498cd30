// The bar above the charts: play, step, the epoch and the speed.

import { button, element, fill } from "./html.js";
import { keepOnPage } from "./kept.js";
import { SPEEDS } from "./pace.js";

export class Bar {
  constructor(live, words) {
    this.live = live;
    this.words = words;
    this.root = element("div", "live-bar");
    this.train = button(words.train, "live-train", () => (live.playing ? live.pause() : live.play()));
    this.back = button("−1", "live-step", () => this.step(-1), words.back);
    this.forth = button("+1", "live-step", () => this.step(1), words.forth);
    this.slider = element("input", "live-slider");
    Object.assign(this.slider, { type: "range", min: 0, step: 1 });
    this.slider.setAttribute("aria-label", words.epoch);
    this.slider.oninput = () => live.jump(Number(this.slider.value), true);
    this.slider.onchange = () => { live.rest(); live.save(); };
    this.counter = element("output", "live-counter");
    this.end = button(words.to_end, "live-step live-end", () => this.finish());
    this.pace = element("select", "live-pace");
    this.pace.setAttribute("aria-label", words.speed);
    const kept = keepOnPage().get("speed") ?? "normal";
    for (const speed of Object.keys(SPEEDS)) this.pace.add(new Option(words[speed], speed, speed === kept, speed === kept));
    this.pace.onchange = () => keepOnPage().set("speed", this.pace.value);
    this.root.append(this.train, this.back, this.forth, this.slider, this.counter, this.end, this.pace);
  }

  speed() { return SPEEDS[this.pace.value]; }

  step(epochs) {
    this.live.jump(this.live.shown() + epochs);
    this.live.save();
  }

  // The button goes away with what it was for: the focus goes on to the one that plays again.
  finish() {
    this.live.jump(Infinity);
    this.live.save();
    this.train.focus();
  }

  // What has been `played` to its end is played again.
  tell(epoch, epochs, { playing, played }) {
    const { words } = this;
    this.train.textContent = words[playing ? "pause" : chooseStart(epoch, epochs, played)];
    this.slider.max = epochs;
    this.slider.value = epoch;
    const [now, last] = [epoch, epochs].map((count) => count.toLocaleString("en"));
    const place = fill(words.epoch_of, { epoch: now, epochs: last });
    this.slider.setAttribute("aria-valuetext", place);
    this.counter.textContent = place + "\u2007".repeat(last.length - now.length); // as wide at every epoch
    this.end.classList.toggle("live-away", playing || epoch >= epochs); // its room stays, so that the slider does
    this.end.setAttribute("aria-label", `${words.to_end}. ${fill(words.to_end_help, { epoch: now, epochs: last })}`);
  }
}

// What the button does that starts a replay.
export function chooseStart(epoch, epochs, played) {
  if (epoch > 0 && epoch < epochs) return "resume";
  return played && epoch > 0 ? "again" : "train";
}
