// Before the first paint, so that no page flashes in the other theme.
try {
  const chosen = localStorage.getItem("lockstep.theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing follows the system.
}
