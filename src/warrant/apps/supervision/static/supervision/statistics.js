// The print button of the statistics.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
