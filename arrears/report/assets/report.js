(function () {
  "use strict";
  var specs = JSON.parse(document.getElementById("charts").textContent);

  /* Draws a language's charts once it is seen: a hidden element has no width to draw in. */
  function draw(language) {
    Object.keys(specs[language]).forEach(function (id) {
      var place = document.getElementById(id + "-" + language);
      if (!place || place.firstChild) { return; }
      vegaEmbed(place, specs[language][id], { mode: "vega-lite", renderer: "svg", actions: false }).then(function () {
        /* The place itself is the image, with its text; the parts of the drawing would only be noise to a screen reader. */
        var svg = place.querySelector("svg");
        if (svg) { svg.setAttribute("aria-hidden", "true"); }
      });
    });
  }

  function show(language) {
    document.querySelectorAll("[data-language]").forEach(function (part) {
      part.hidden = part.dataset.language !== language;
      if (!part.hidden) {
        document.title = part.dataset.title;
        document.documentElement.lang = part.lang;
      }
    });
    draw(language);
  }

  document.querySelectorAll("button[data-to]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      show(button.dataset.to);
      document.querySelector('[data-language="' + button.dataset.to + '"] button[data-to]').focus();
    });
  });
  draw(document.body.dataset.first);
})();
