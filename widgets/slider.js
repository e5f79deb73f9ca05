// The page's side of Slider: a native range and a number beside it, so that keyboard, touch and
// screen readers work as everywhere else. A value that the kernel or the learner gives is kept as
// it is; only a move of the range snaps to its ticks. The kernel may move the upper end.
const decimals = (number) => (String(number).split(".")[1] ?? "").length;

export default {
  render({ model, el }) {
    const { low, step, log } = Object.fromEntries(
      ["low", "step", "log"].map((name) => [name, model.get(name)]));
    const high = () => model.get("high");
    const span = () => (log ? Math.log10(high() / low) : high() - low);
    const digits = Math.max(decimals(low), decimals(step));
    const toValue = (tick) => Math.min(high(), Number(log
      ? (low * 10 ** (tick * step)).toPrecision(3) : (low + tick * step).toFixed(digits)));
    const toTick = (value) => Math.round((log ? Math.log10(value / low) : value - low) / step);

    el.classList.add("nnkit-slider");
    el.innerHTML = `<label><span></span><input type="range" min="0" step="1"></label>
      <input type="text" inputmode="decimal" spellcheck="false">`;
    const [range, number] = el.querySelectorAll("input");
    el.querySelector("span").textContent = model.get("label");
    number.setAttribute("aria-label", `${model.get("label")}, type a number`);

    const show = () => {
      const value = model.get("value");
      range.max = Math.ceil(span() / step - 1e-9);
      range.value = toTick(value);
      number.value = String(Number(value.toPrecision(6))).replace("-", "−");
      range.setAttribute("aria-valuetext", number.value);
      range.disabled = number.disabled = model.get("disabled");
      el.classList.toggle("nnkit-disabled", range.disabled);
    };
    // Pictures that the kernel drew ahead, by value; it sends none when they are no longer right.
    // Each is decoded at once: on a fine screen that takes longer than all the rest of a step.
    const ahead = new Map();
    const keep = ({ value, picture }) => {
      if (!picture) return ahead.clear();
      const image = new Image();
      image.src = picture;
      image.decode().catch(() => {});
      ahead.set(value, image);
    };
    const give = (value) => {
      const live = el.closest(".nnkit-explorer")?.querySelector(".nnkit-live");
      if (live && ahead.has(value)) live.src = ahead.get(value).src;
      ahead.clear();
      model.set("value", value);
      model.save_changes();
      show();
    };
    range.addEventListener("input", () => give(toValue(Number(range.value))));
    number.addEventListener("change", () => {
      const typed = Number(number.value.replace("−", "-").replace(",", "."));
      const usable = number.value.trim() && Number.isFinite(typed);
      const bounded = Math.min(Math.max(typed, low), high());
      give(usable ? (model.get("whole") ? Math.round(bounded) : bounded) : model.get("value"));
    });
    // JupyterLab listens to keys too; those typed here are meant for this slider.
    el.addEventListener("keydown", (event) => event.stopPropagation());
    el.dataset.lmSuppressShortcuts = "true";
    model.on("change:value change:high change:disabled", show);
    model.on("msg:custom", keep);
    show();
    return () => {
      model.off("change:value change:high change:disabled", show);
      model.off("msg:custom", keep);
    };
  },
};
