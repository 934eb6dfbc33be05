// <form data-confirm="Question" data-confirm-title="…" data-confirm-action="Delete">, hx-confirm="Question",
// and data-open-dialog="#id" / data-close-dialog for dialogs of a page's own.
function ask(question, { title, action } = {}) {
  const dialog = document.getElementById("confirm");
  const yes = dialog.querySelector("[value=yes]");
  const heading = dialog.querySelector("h2");
  heading.textContent = title || heading.dataset.default;
  yes.textContent = action || yes.dataset.default;
  dialog.querySelector("p").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
  });
}

const words = (element) => ({ title: element.dataset.confirmTitle, action: element.dataset.confirmAction });

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asked = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!asked.dataset.confirm || form.dataset.confirmed) {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  if (!(await ask(asked.dataset.confirm, words(asked)))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(submitter);
}, { capture: true });

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.question, words(event.target))) event.detail.issueRequest(true);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) document.querySelector(opener.dataset.openDialog)?.showModal();
  event.target.closest("[data-close-dialog]")?.closest("dialog")?.close();
  if (event.target.matches("dialog.sheet")) event.target.close(); // a click on the backdrop
});
