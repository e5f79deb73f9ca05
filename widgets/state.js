// The page's side of StateLine: asks for the state, shows it selected, and copies it if it may.
export default {
  render({ model, el }) {
    el.classList.add("nnkit-state");
    el.innerHTML = `<button title="Copy the code that brings this explorer back as it is now">
      Copy state</button><input readonly hidden aria-label="The state, as code">`;
    const [button, code] = el.children;
    button.addEventListener("click", () => model.send({}));
    const show = async ({ state }) => {
      code.value = state;
      code.hidden = false;
      code.focus();
      code.select();
      const copied = await navigator.clipboard?.writeText(state).then(() => true, () => false);
      button.textContent = copied ? "Copied" : "Copy it:";
    };
    code.addEventListener("blur", () => {
      code.hidden = true;
      button.textContent = "Copy state";
    });
    el.addEventListener("keydown", (event) => event.stopPropagation());
    el.dataset.lmSuppressShortcuts = "true"; // else JupyterLab would copy the cell
    model.on("msg:custom", show);
    return () => model.off("msg:custom", show);
  },
};
