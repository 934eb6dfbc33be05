// <form method="get" data-filter>: sends itself when a select or date changes, without empty fields in the address.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-filter]") && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
});
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("[data-filter]")) return;
  [...event.formData].forEach(([name, value]) => { if (value === "") event.formData.delete(name); });
});
