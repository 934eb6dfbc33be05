// Says in words what went wrong with a passkey; the exchange itself is django-allauth's script.
const notice = document.querySelector("[data-passkey-error]");

function tell(text) {
  if (!notice) return;
  notice.textContent = text;
  notice.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  tell(notice?.dataset.refused ?? "");
});

document.getElementById("passkey-button")?.removeAttribute("hidden"); // nothing without scripts

if (!window.PublicKeyCredential) {
  for (const id of ["passkey-button", "key-button"]) {
    document.getElementById(id)?.setAttribute("disabled", "");
  }
  // At sign-in the password stands beside it: the disabled button is enough.
  if (!document.getElementById("passkey-button")) tell(notice?.dataset.unsupported ?? "");
}
