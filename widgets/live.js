// The page's side of LiveFigure: shows the picture, says how sharp the screen is, reports the pointer.
export default {
  render({ model, el }) {
    const picture = document.createElement("img");
    picture.className = "nnkit-live";
    picture.draggable = false;
    const describe = () => { picture.alt = model.get("description"); };
    const paint = () => { picture.src = model.get("picture"); };
    picture.width = model.get("width");
    picture.height = model.get("height");
    picture.classList.toggle("nnkit-clickable", model.get("clickable"));
    describe();
    paint();
    el.append(picture);
    model.on("change:picture", paint);
    model.on("change:description", describe);

    const sharpen = () => {
      model.set("pixel_ratio", Math.min(Math.max(window.devicePixelRatio, 1), 3));
      model.save_changes();
    };
    const screen = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    screen.addEventListener("change", sharpen);
    sharpen();

    // While a picture is on its way, only the newest pointer position is kept: never a backlog.
    let waiting = false, newest = null;
    const send = () => {
      waiting = newest !== null;
      if (newest) model.send(newest);
      newest = null;
    };
    const point = (event) => {
      if (!model.get("clickable") || event.buttons !== 1) return;
      const box = picture.getBoundingClientRect();
      newest = {
        x: (event.clientX - box.left) / box.width,
        y: 1 - (event.clientY - box.top) / box.height,
      };
      if (!waiting) send();
      event.preventDefault();
    };
    model.on("msg:custom", send);
    picture.addEventListener("pointerdown", (event) => {
      picture.setPointerCapture(event.pointerId);
      waiting = false;
      point(event);
    });
    picture.addEventListener("pointermove", point);
    return () => {
      screen.removeEventListener("change", sharpen);
      model.off("change:picture", paint);
      model.off("change:description", describe);
      model.off("msg:custom", send);
    };
  },
};
