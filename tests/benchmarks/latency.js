// In the page: notes when the slider was moved and when a new picture has been painted. The cell's
// picture is an <img> (its next source counts once decoded) or a canvas (whatever is drawn on it).
(cell) => {
  const log = { moves: [], paints: [], blanks: 0, shifts: 0 };
  window.latency = log;
  const painted = () => requestAnimationFrame(() => log.paints.push(performance.now()));

  let last = null;
  const look = async () => {
    const image = cell.querySelector(".jp-OutputArea img");
    if (!image || image.src === last) return;
    last = image.src;
    await image.decode().catch(() => {});
    painted();
  };
  new MutationObserver(look).observe(cell, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["src"],
  });
  for (const name of ["drawImage", "stroke"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    let pending = false;  // several strokes make one picture
    CanvasRenderingContext2D.prototype[name] = function (...words) {
      const result = draw.apply(this, words);
      if (this.canvas.isConnected && cell.contains(this.canvas) && !pending) {
        pending = true;
        queueMicrotask(() => { pending = false; painted(); });
      }
      return result;
    };
  }

  new PerformanceObserver((list) => list.getEntries().forEach((e) => { log.shifts += e.value; }))
    .observe({ type: "layout-shift" });
  const sample = () => {
    const shown = cell.querySelector(".jp-OutputArea img, .jp-OutputArea canvas");
    if (!shown || shown.getBoundingClientRect().height < 10) log.blanks += 1;
    requestAnimationFrame(sample);
  };
  requestAnimationFrame(sample);

  const frame = () => new Promise(requestAnimationFrame);
  let tick = 0;
  const move = () => {
    const handle = cell.querySelector(".noUi-handle, input[type=range]");
    const up = tick++ % 60 < 30;
    log.moves.push(performance.now());
    if (handle.matches("input")) {
      handle.value = Number(handle.value) + (up ? 1 : -1);
      handle.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      const key = up ? "ArrowRight" : "ArrowLeft";
      handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
  };
  // Waits until no picture has come for `quiet` ms, from the first one after number `count` on, and
  // the kernel is idle: else a late picture would be taken for a quick one of the next move.
  const { sessionContext } = window.jupyterapp.shell.currentWidget;
  const settle = async (count, quiet) => {
    const began = performance.now();
    const waiting = () => log.paints.length <= count
      ? performance.now() - began < 5000
      : performance.now() - log.paints.at(-1) < quiet
        || sessionContext.session.kernel.status !== "idle";
    while (waiting()) await frame();
    return log.paints.at(-1);
  };

  // One move: milliseconds to the last picture that it causes.
  log.step = async () => {
    const count = log.paints.length;
    move();
    const moved = log.moves.at(-1);
    const took = (await settle(count, 150)) - moved;
    await new Promise((done) => setTimeout(done, Math.random() * 17));  // any place in a frame
    return took;
  };
  // A move every 16 ms: pictures a second, and how late the last one comes.
  log.drag = async (seconds) => {
    const first = log.paints.length, began = performance.now(), before = window.received;
    log.blanks = log.shifts = 0;
    await new Promise((done) => {
      const timer = setInterval(() => {
        move();
        if (performance.now() - began > seconds * 1000) { clearInterval(timer); done(); }
      }, 16);
    });
    const end = performance.now(), rate = (log.paints.length - first) / (end - began) * 1000;
    const lag = Math.max(0, (await settle(log.paints.length - 1, 600)) - end);
    const { blanks, shifts } = log, pictures = log.paints.length - first;
    return { rate, lag, blanks, shifts, pictures, bytes: window.received - before };
  };
  // All of it; the page's address tells how far it is, to whoever is not attached.
  log.run = (moves, seconds) => {
    const pause = (time) => new Promise((done) => setTimeout(done, time));
    const tell = (word) => history.replaceState(history.state, "", `#${word}`);
    log.steps = [];
    log.done = (async () => {
      await pause(1000);
      for (let i = -5; i < moves; i++) {
        const took = await log.step();
        if (i >= 0) log.steps.push(took);
      }
      tell("dragging");
      await pause(1000);
      log.dragged = await log.drag(seconds);
      tell("measured");
    })();
  };
}
