// Reads the charts' script while the page waits for its first numbers: that takes the browser half a second or more.

import { loadPlotly } from "./charts.js";
import "./live.js";

const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200)); // Safari has none
idle(() => loadPlotly().catch(() => {})); // who draws a chart will try again, and tell the visitor
