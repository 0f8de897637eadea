// Copies a text that is to be pasted elsewhere. Without a script it can be marked by hand.

const said = document.getElementById("desk-said");

for (const box of document.querySelectorAll(".desk-paste")) {
  const button = box.querySelector("button");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.querySelector("code").textContent);
      said.textContent = "Copied";
    } catch {
      said.textContent = "The browser did not let it be copied";
    }
    button.firstChild.data = said.textContent;
  });
}
