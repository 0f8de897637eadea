// Buttons that copy the text of an element: <button data-copies="its id" hidden>. Without this they are not shown, and
// the text can be selected.

const said = document.getElementById("copied");

for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
      said.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      said.textContent = "The browser does not let it be copied; it is selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
