// The bar above the charts: play, step, the epoch and the speed.

import { button, element } from "./html.js";

export class Bar {
  constructor(live) {
    this.live = live;
    this.root = element("div", "live-bar");
    this.train = button("Train", "live-train", () => (live.playing ? live.pause() : live.play()));
    this.back = button("−1", "live-step", () => { live.jump(live.shown() - 1); live.save(); }, "One epoch back");
    this.forth = button("+1", "live-step", () => { live.jump(live.shown() + 1); live.save(); }, "One epoch on");
    this.slider = element("input", "live-slider");
    Object.assign(this.slider, { type: "range", min: 0, step: 1 });
    this.slider.setAttribute("aria-label", "Epoch");
    this.slider.oninput = () => live.jump(Number(this.slider.value), true);
    this.slider.onchange = () => { live.rest(); live.save(); };
    this.counter = element("output", "live-counter");
    this.pace = element("select", "live-pace");
    this.pace.setAttribute("aria-label", "Speed");
    for (const speed of [0.25, 0.5, 1, 2, 4]) this.pace.add(new Option(`${speed} ×`, speed, speed === 1, speed === 1));
    this.root.append(this.train, this.back, this.forth, this.slider, this.counter, this.pace);
  }

  speed() { return Number(this.pace.value); }

  tell(epoch, epochs, playing) {
    this.train.textContent = playing ? "❚❚ Pause" : "▶ Train";
    this.slider.max = epochs;
    this.slider.value = epoch;
    this.slider.setAttribute("aria-valuetext", `epoch ${epoch} of ${epochs}`);
    const width = epochs.toLocaleString("en").length;
    this.counter.textContent = `epoch ${epoch.toLocaleString("en").padStart(width, "\u2007")} / ${epochs.toLocaleString("en")}`;
  }
}
