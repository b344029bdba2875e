// Shows the points of the lists of coordinates on a map. Without this script, or if it fails, the lists are there.
"use strict";

(() => {
  const MAX_ZOOM = 15;
  const ONE_POINT_ZOOM = 11;
  const SEVERAL_POINTS_ZOOM = 14;
  const OVERVIEW_ZOOM = 4;
  const SAME_POINT_DIGITS = 5;
  if (typeof L === "undefined" || typeof topojson === "undefined") return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const motion = { zoomAnimation: !isStill, fadeAnimation: !isStill, markerZoomAnimation: !isStill };

  for (const figure of document.querySelectorAll("figure.map")) draw(figure);

  /** One map, of the rows of the same section that have a point; it stays hidden if there are none. */
  function draw(figure) {
    const rows = [...figure.closest("section").querySelectorAll("tr[data-point]")];
    const groups = groupByPoint(rows);
    if (!groups.length) return;
    figure.hidden = false;
    const map = createMap(figure.querySelector(".canvas"));
    const overview = createOverview(figure.querySelector(".overview"));
    const shown = groups.filter((group) => group.isMain);
    const bounds = L.latLngBounds((shown.length ? shown : groups).map(({ point }) => point));
    map.fitBounds(bounds, { padding: [48, 48], maxZoom: shown.length > 1 ? SEVERAL_POINTS_ZOOM : ONE_POINT_ZOOM, animate: false });
    overview.setView(bounds.getCenter(), OVERVIEW_ZOOM, { animate: false });
    L.marker(bounds.getCenter(), { icon: createIcon("here", ""), interactive: false, keyboard: false }).addTo(overview);
    // The last drawn is on top.
    for (const group of groups.sort((one, other) => one.isMain - other.isMain)) addMarker(map, group);
    addOutlines(figure.dataset.outlines, [map, overview]);
  }

  /** The rows by their point: sources that agree share a marker. The main rows are numbered, here and in the list. */
  function groupByPoint(rows) {
    const groups = new Map();
    let number = 0;
    for (const row of rows) {
      const point = row.dataset.point.split(",").map(Number);
      const key = point.map((degrees) => degrees.toFixed(SAME_POINT_DIGITS)).join();
      const isMain = row.dataset.kind !== "beside";
      const group = groups.get(key) ?? { point, isMain: false, rows: [], numbers: [] };
      groups.set(key, group);
      group.isMain ||= isMain;
      group.rows.push(row);
      if (isMain) {
        number += 1;
        group.numbers.push(number);
        row.querySelector("th").prepend(createElement("span", "number", String(number)), " ");
      }
    }
    return [...groups.values()];
  }

  function createMap(canvas) {
    const map = L.map(canvas, {
      ...motion, attributionControl: false, scrollWheelZoom: false, dragging: !L.Browser.mobile, maxZoom: MAX_ZOOM, minZoom: 1,
    });
    L.control.scale({ imperial: false }).addTo(map);
    // The wheel scrolls the page until somebody is on the map.
    canvas.addEventListener("focusin", () => map.scrollWheelZoom.enable());
    canvas.addEventListener("focusout", () => map.scrollWheelZoom.disable());
    canvas.addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup());
    return map;
  }

  function createOverview(canvas) {
    return L.map(canvas, {
      ...motion, attributionControl: false, zoomControl: false, dragging: false, keyboard: false, scrollWheelZoom: false,
      doubleClickZoom: false, boxZoom: false, touchZoom: false,
    });
  }

  function addMarker(map, group) {
    const isDenied = group.rows.every((row) => row.dataset.kind === "denied");
    const kind = group.isMain ? (isDenied ? "main denied" : "main") : "beside";
    const names = [...new Set(group.rows.map((row) => row.dataset.name))].join(", ");
    const label = group.numbers.length ? `${group.numbers.join(", ")}: ${names}` : names;
    const marker = L.marker(group.point, { icon: createIcon(kind, group.numbers.join(", ")), riseOnHover: true });
    marker.bindPopup(() => createPopup(group.rows), { maxWidth: 280, maxHeight: 260 });
    const tooltip = group.isMain ? { direction: "top", offset: [0, -12] } : { direction: "right", offset: [6, 0], permanent: true };
    marker.bindTooltip(createElement("bdi", "", names), { ...tooltip, className: kind.split(" ")[0] });
    marker.addTo(map);
    const element = marker.getElement();
    element.setAttribute("aria-label", label);
    // Who opened it by keyboard reads on in it, and comes back by Escape; Leaflet does neither for a focused marker.
    marker.on("popupopen", ({ popup }) => popup.getElement().querySelector(".said").focus({ preventScroll: true }));
    marker.on("popupclose", () => element.focus({ preventScroll: true }));
  }

  function createIcon(kind, text) {
    const size = kind.startsWith("main") ? [Math.max(24, 10 + 8 * text.length), 24] : [12, 12];
    return L.divIcon({ className: `point ${kind}`, html: createElement("span", "", text), iconSize: size });
  }

  /** What the rows of the list say, under the headings of their columns. */
  function createPopup(rows) {
    const popup = createElement("div", "said");
    popup.tabIndex = -1;
    popup.setAttribute("role", "group");
    popup.setAttribute("aria-label", "What is given for this point");
    for (const row of rows) {
      const headings = row.closest("table").tHead.rows[0].cells;
      const list = createElement("dl");
      [...row.cells].forEach((cell, index) => {
        const value = createElement("dd");
        value.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
        list.append(createElement("dt", "", headings[index].textContent), value);
      });
      popup.append(list);
    }
    return popup;
  }

  async function addOutlines(address, maps) {
    const response = await fetch(address);
    if (!response.ok) return;
    const world = await response.json();
    const outlines = topojson.feature(world, world.objects.countries);
    for (const map of maps) L.geoJSON(outlines, { interactive: false, style: { className: "outline" } }).addTo(map);
  }

  function createElement(name, className = "", text = "") {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }
})();
