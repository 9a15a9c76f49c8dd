(function () {
	"use strict";
	var $ = function (id) { return document.getElementById(id); };
	var bar = $("bar"), q = $("q"), rule = $("rule"), state = $("state"), all = $("all"), hits = $("hits");
	if (!bar)
		return;
	var items = Array.prototype.slice.call(document.querySelectorAll("#types .t, #types .ls > li"));
	var parts = Array.prototype.slice.call(document.querySelectorAll("#types .part"));
	var texts = null, timer = 0;
	var folds = parts.filter(function (part) { return part.firstElementChild.tagName === "DETAILS"; });

	/* Text is gathered once, when somebody looks for it; tooltips of the pictures do not count. */
	function gather() {
		texts = items.map(function (item) {
			var at = item.querySelectorAll("h3, .at, th, td, li, code");
			if (item.tagName === "LI")
				return item.textContent.toLowerCase();
			return Array.prototype.map.call(at, function (node) { return node.textContent; })
				.join("\n").toLowerCase();
		});
	}

	function has(words, select) {
		return !select || !select.value || (" " + (words || "") + " ").indexOf(" " + select.value + " ") >= 0;
	}

	function filter() {
		var words = q.value.toLowerCase().split(/\s+/).filter(Boolean), n = 0;
		if (words.length && !texts)
			gather();
		items.forEach(function (item, i) {
			var fits = words.every(function (word) { return texts[i].indexOf(word) >= 0; });
			fits = fits && has(item.dataset.r, rule) && has(item.dataset.s, state);
			item.hidden = !fits;
			n += fits;
		});
		parts.forEach(function (part) {
			part.hidden = !part.querySelector(".t:not([hidden]), .ls > li:not([hidden])");
		});
		var asked = words.length || rule.value || (state && state.value);
		folds.forEach(function (part) { part.firstElementChild.open = !!asked; });
		hits.textContent = asked ? n + " of " + items.length : "";
		$("none").hidden = n > 0;
	}

	function later() {
		clearTimeout(timer);
		timer = setTimeout(filter, 120);
	}

	/* A link may lead into what is closed or filtered away. */
	function reveal() {
		var at = $(decodeURIComponent(location.hash.slice(1)));
		if (!at)
			return;
		if (at.hidden) {
			q.value = rule.value = "";
			if (state)
				state.value = "";
			filter();
		}
		for (var up = at; up; up = up.parentElement)
			if (up.tagName === "DETAILS")
				up.open = true;
		if (at.firstElementChild && at.firstElementChild.tagName === "DETAILS")
			at.firstElementChild.open = true;
		at.scrollIntoView();
	}

	/* On a narrow screen a map begins at its first change. What is closed is not asked: it has no layout yet. */
	function aim(map) {
		var at = map.querySelector("g > .a, g > .d, g > .c, g > .i");
		if (at && map.scrollWidth > map.clientWidth)
			map.scrollLeft = at.x.baseVal.value - map.clientWidth / 3;
	}
	document.querySelectorAll(".t > details[open] > .map").forEach(aim);
	document.addEventListener("toggle", function (event) {
		var map = event.target.open && event.target.querySelector(":scope > .map");
		if (map)
			aim(map);
	}, true);

	all.addEventListener("click", function () {
		var open = all.textContent === "Open all";
		items.forEach(function (item) {
			if (item.tagName === "SECTION" && !item.hidden)
				item.firstElementChild.open = open;
		});
		all.textContent = open ? "Close all" : "Open all";
	});
	q.addEventListener("input", later);
	rule.addEventListener("change", filter);
	if (state)
		state.addEventListener("change", filter);
	bar.addEventListener("submit", function (event) { event.preventDefault(); });
	document.addEventListener("keydown", function (event) {
		if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) {
			event.preventDefault();
			q.focus();
		}
	});
	window.addEventListener("hashchange", reveal);
	bar.hidden = false;
	reveal();
})();
