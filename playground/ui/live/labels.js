// Words in a chart and over it, broken and placed so that no edge cuts them off.

import { decodeIfPacked } from "./arrays.js";

const LETTER = 6.9; // pixels: the mean width of a letter of the charts' size
const NOTE_LETTER = 5.8; // of a note's
const NOTE_LINE = 15; // pixels from one line of a note to the next
const GAP = 12; // pixels between a mark and its words
const MOST_LINES = 4;
const FEWEST_LETTERS = 14; // of a line
const TOKEN = /%\{[^}]*\}/g; // a number in Plotly's templates

// A text in lines of at most so many letters; one word alone may be longer. Numbers of a template count as six.
export function wrapText(text, letters) {
  return text.split("<br>").flatMap((line) => wrapLine(line, letters)).join("<br>");
}

function wrapLine(line, letters) {
  const lines = [""];
  for (const word of line.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (lines.at(-1) && countLetters(longer) > letters) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

export function countLetters(text) {
  return Math.max(...text.replace(TOKEN, "000000").replace(/<(?!br>)[^>]*>/g, "").split("<br>").map((line) => line.length));
}

// A mark's words on the side that it asks for, or on the other, or in more lines: with room to both sides, in pixels.
export function fitLabel(text, position, room) {
  const [height, side] = position.split(" ");
  if (!(side in room)) return { text, position };
  const sides = [side, side === "left" ? "right" : "left"];
  let wrapped = text;
  for (let lines = 1; lines <= MOST_LINES; lines++) {
    wrapped = wrapText(text, Math.max(Math.ceil(text.length / lines), FEWEST_LETTERS));
    const fitting = sides.find((each) => countLetters(wrapped) * LETTER + GAP <= room[each]);
    if (fitting) return { text: wrapped, position: `${height} ${fitting}` };
  }
  return { text: wrapped, position: `${height} ${room.left > room.right ? "left" : "right"}` };
}

// A trace with its words fitted into a chart of that layout; what is said over it takes half of the width.
export function fitTrace(trace, layout) {
  const width = layout.width - layout.margin.l - layout.margin.r;
  const [template, extra = ""] = (trace.hovertemplate ?? "").split(/(?=<extra>)/);
  const letters = Math.max(FEWEST_LETTERS, Math.floor((layout.width / 2 - GAP) / LETTER) - countLetters(extra));
  const fitted = { ...trace };
  if (template) fitted.hovertemplate = wrapText(template, letters) + extra;
  if (!trace.text) return fitted;
  if (!trace.mode?.includes("text")) return { ...fitted, text: wrapAll(trace.text, letters) };
  const x = decodeIfPacked(trace.x);
  const placed = Array.from(trace.text, (text, place) => {
    const across = findShare(x[place], layout.xaxis) * width;
    return fitLabel(text, pick(trace.textposition, place), { left: across, right: width - across + layout.margin.r });
  });
  return { ...fitted, text: placed.map(({ text }) => text), textposition: placed.map(({ position }) => position) };
}

const pick = (values, place) => (Array.isArray(values) ? values[place] : values);

function wrapAll(text, letters) {
  if (Array.isArray(text)) return text.map((each) => wrapAll(each, letters));
  return typeof text === "string" && text.length > letters ? wrapText(text, letters) : text;
}

// How far along an axis a value is, from 0 to 1.
function findShare(value, { type, range: [from, to] }) {
  return ((type === "log" ? Math.log10(value) : value) - from) / (to - from);
}

// Notes in a corner, one under the other (in a lower corner, over the other), each in as many lines as it needs.
export function fitNotes(notes, layout) {
  const letters = Math.floor((layout.width - layout.margin.l - layout.margin.r) / NOTE_LETTER);
  let lines = 0;
  return notes?.map((note) => {
    const text = wrapText(note.text, letters);
    const placed = { ...note, text, align: "left", yshift: (note.yanchor === "top" ? -1 : 1) * NOTE_LINE * lines };
    lines += text.split("<br>").length;
    return placed;
  });
}
