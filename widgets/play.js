// The page's side of Player: asks for a step, and for the next one only when that one was shown.
export default {
  render({ model, el }) {
    el.innerHTML = '<button><i class="fa" aria-hidden="true"></i> <span></span></button>' +
      '<button><i class="fa fa-step-forward" aria-hidden="true"></i> Step</button>';
    const [play, step] = el.querySelectorAll("button");
    for (const button of [play, step]) {
      button.className = "jupyter-widgets jupyter-button widget-button";
      button.style.width = "80px";
    }
    play.title = `Move ${model.get("label")} on, to its end`;
    step.title = `Move ${model.get("label")} on by one`;

    let playing = false, waiting = false, asked = 0, timer = null;
    const show = () => {
      play.querySelector("span").textContent = playing ? "Pause" : "Play";
      play.querySelector("i").className = `fa fa-${playing ? "pause" : "play"}`;
    };
    const ask = (fromStart) => {
      if (waiting) return;
      waiting = true;
      asked = performance.now();
      model.send({ from_start: fromStart, stops: model.get("stops") });
    };
    const shown = ({ more }) => {
      waiting = false;
      playing = playing && more;
      show();
      if (playing) timer = setTimeout(ask, model.get("pace") - (performance.now() - asked), false);
    };
    const stop = () => {
      clearTimeout(timer);
      shown({ more: false });
    };
    play.addEventListener("click", () => {
      playing = !playing;
      clearTimeout(timer);
      show();
      if (playing) ask(true);
    });
    step.addEventListener("click", () => ask(false));
    model.on("msg:custom", shown);
    model.on("change:stops", stop);
    show();
    return () => {
      clearTimeout(timer);
      model.off("msg:custom", shown);
      model.off("change:stops", stop);
    };
  },
};
