// A draft in hand: links are copied with a button, a file dropped on the box is put into it. Without this the page
// works all the same: the Markdown can be selected, and the file chosen.

const said = document.getElementById("draft-said");

for (const button of document.querySelectorAll(".draft-copy")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const word = button.firstChild;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      word.data = "Copied";
      said.textContent = `Copied: ${button.dataset.copy}`;
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
      said.textContent = "The browser does not let it be copied; it is selected";
    }
    setTimeout(() => { word.data = "Copy"; }, 2000);
  });
}

const box = document.getElementById("draft");
const hasFile = event => event.dataTransfer?.types.includes("Files");
for (const name of ["dragenter", "dragover"]) {
  box.addEventListener(name, event => {
    if (!hasFile(event)) return;
    event.preventDefault();
    box.classList.add("over");
  });
}
box.addEventListener("dragleave", () => box.classList.remove("over"));
box.addEventListener("drop", event => {
  box.classList.remove("over");
  if (!hasFile(event)) return;
  event.preventDefault();
  // The server reads it: it knows encodings, and what is no text.
  document.getElementById("draft-file").files = event.dataTransfer.files;
  box.form.requestSubmit();
});
