// Colours that can be read on their ground, in both themes.

const READABLE = 4.5; // WCAG 2.2, criterion 1.4.3: text against its ground

// Plotly knows no color-mix().
export function makeTranslucent(colour, opacity) {
  return `rgba(${readChannels(colour).join(", ")}, ${opacity})`;
}

// A colour `#rrggbb` for words, moved towards the colour of the text no further than it takes to read it.
export function makeReadable(colour, { ground, text }) {
  if (![colour, ground, text].every(isHex)) return text;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mixColours(colour, text, share);
    if (measureContrast(mixed, ground) >= READABLE) return mixed;
  }
  return text;
}

// How much two colours differ in lightness, from 1 to 21 (WCAG 2.2, "contrast ratio").
export function measureContrast(one, other) {
  const [low, high] = [one, other].map(measureLuminance).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function measureLuminance(colour) {
  const [red, green, blue] = readChannels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mixColours(one, other, share) {
  const [from, to] = [readChannels(one), readChannels(other)];
  const mixed = from.map((channel, place) => Math.round(channel + share * (to[place] - channel)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function readChannels(colour) {
  return [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
}

const isHex = (colour) => /^#[0-9a-f]{6}$/i.test(colour);
