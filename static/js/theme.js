// Runs before the page is painted: "auto" follows the device, which only the browser knows.
(function () {
  var root = document.documentElement;
  var device = window.matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    if (root.dataset.theme === "auto") root.dataset.bsTheme = device.matches ? "dark" : "light";
  }
  device.addEventListener("change", paint);
  paint();
})();
