// The page's side of LiveFigure: shows the picture and its words, says how sharp the screen is,
// reports the pointer.
export default {
  render({ model, el }) {
    const picture = document.createElement("img");
    picture.className = "nnkit-live";
    picture.draggable = false;
    const describe = () => { picture.alt = model.get("description"); };
    const paint = () => {
      const source = model.get("picture");
      if (picture.src !== source) picture.src = source; // a slider may have shown it ahead
    };
    picture.width = model.get("width");
    picture.height = model.get("height");
    picture.classList.toggle("nnkit-clickable", model.get("clickable"));
    describe();
    paint();
    const words = document.createElement("div");
    words.className = "nnkit-words";
    words.style.minHeight = `${1.5 * model.get("lines")}em`;
    const tell = () => { words.innerHTML = model.get("words"); };
    tell();
    el.append(picture, words);
    model.on("change:picture", paint);
    model.on("change:description", describe);
    model.on("change:words", tell);

    const sharpen = () => {
      model.set("pixel_ratio", Math.min(Math.max(window.devicePixelRatio, 1), 3));
      model.save_changes();
    };
    const screen = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    screen.addEventListener("change", sharpen);
    sharpen();

    // While a picture is on its way, only the newest pointer position is kept: never a backlog.
    // The places on the way to it travel along, for those who draw lines.
    let waiting = false, newest = null, path = [];
    const send = (event) => {
      waiting = true;
      newest = null;
      path = [];
      model.send(event);
    };
    const painted = () => {
      waiting = false;
      if (newest) send(newest);
    };
    const pointer = (kind, event) => {
      const box = picture.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width;
      return { kind, x, y: 1 - (event.clientY - box.top) / box.height };
    };
    picture.addEventListener("pointerdown", (event) => {
      if (!model.get("clickable") || event.button !== 0) return;
      picture.setPointerCapture(event.pointerId);
      picture.focus({ preventScroll: true });
      send(pointer("press", event));
      event.preventDefault();
    });
    picture.addEventListener("pointermove", (event) => {
      if (!model.get("clickable") || event.buttons !== 1) return;
      for (const place of event.getCoalescedEvents?.() ?? []) {
        const { x, y } = pointer("drag", place);
        path.push([x, y]);
      }
      newest = { ...pointer("drag", event), path };
      if (!waiting) send(newest);
    });
    picture.addEventListener("pointerup", () => { if (newest) send(newest); });
    const keys = model.get("hears");
    if (keys.length) {
      picture.tabIndex = 0;
      const shortcuts = keys.filter((key) => !key.startsWith("Arrow") && key !== "Escape")
        .map((key) => key === " " ? "Space" : key.length === 1 ? key.toUpperCase() : key);
      picture.setAttribute("aria-keyshortcuts", shortcuts.join(" "));
      el.dataset.lmSuppressShortcuts = "true"; // else an older JupyterLab takes A, C and N
      picture.addEventListener("dblclick", (event) => send(pointer("double", event)));
      picture.addEventListener("blur", () => send({ kind: "blur" }));
      picture.addEventListener("keydown", (event) => {
        const key = { Backspace: "Delete" }[event.key] ??
          (event.key.length === 1 ? event.key.toLowerCase() : event.key);
        if (!keys.includes(key) || event.ctrlKey || event.metaKey || event.altKey) return;
        if (!(event.repeat && waiting)) send({ kind: "key", key, shift: event.shiftKey });
        event.preventDefault();
      });
    }
    model.on("msg:custom", painted);
    return () => {
      screen.removeEventListener("change", sharpen);
      model.off("change:picture", paint);
      model.off("change:description", describe);
      model.off("change:words", tell);
      model.off("msg:custom", painted);
    };
  },
};
