// Inputs, buttons, keys, and the address that keeps the numbers.

/** An element of HTML with properties and children. */
function html(tag, properties, ...children) {
	const made = Object.assign(document.createElement(tag), properties);
	made.append(...children);
	return made;
}

const rows = inputs.map(({name, lo, hi}, i) => {
	const number = html("input", {type: "number", step: "any", id: `input${i}`});
	const step = hi/400 - lo/400 || "any", ariaLabel = `slider of ${name}`;
	const slider = html("input", {type: "range", min: lo, max: hi, step, ariaLabel});
	const grad = html("output", {}), hold = html("input", {type: "checkbox"});
	for (const each of [number, slider]) on(each, "input", () => {
		if (!isNaN(each.valueAsNumber)) set(state.numbers.with(i, each.valueAsNumber));
	});
	const label = html("label", {htmlFor: number.id}, name), held = html("label", {}, hold, " hold");
	$("rows").append(html("div", {}, label, number, held, slider, grad));
	return {number, slider, grad, hold};
});

/** Compute and show everything for these numbers; the curve and the address follow. */
function set(numbers) {
	state.numbers = numbers;
	compute();
	paint();
	const {name} = parts[state.root];
	write($("result"), `${name} = ${figure(state.values[state.root])}`);
	rows.forEach(({number, slider, grad}, i) => {
		if (number.valueAsNumber !== numbers[i]) Object.assign(number, {value: numbers[i], placeholder: figure(numbers[i])});
		slider.value = numbers[i];
		write(grad, `∂${name}/∂${inputs[i].name} = ${figure(state.grads[i])}`);
	});
	$("warnings").replaceChildren(...state.warnings.map(({message}) => html("li", {}, `⚠ ${message}`)));
	if (inputs.length) requestAnimationFrame(plot);
	clearTimeout(state.timer);
	state.timer = setTimeout(keep, 300);
}

function keep() {
	const pairs = inputs.map(({name}, i) => [name, state.numbers[i]]);
	try { history.replaceState(null, "", `#${new URLSearchParams(pairs)}`); } catch {} // a notebook's frame has no address
}

/** The numbers of the address, or those of now. */
function recalled() {
	const given = new URLSearchParams(location.hash.slice(1));
	return inputs.map(({name}, i) => {
		const number = given.get(name) || NaN;
		return isNaN(number) ? state.numbers[i] : Number(number);
	});
}

/** A step along the gradient, of the inputs that are not held. */
function move(rate) {
	set(state.numbers.map((x, i) => rows[i].hold.checked ? x : x + rate*state.grads[i]));
	say($("result").textContent);
}

// A button that a key presses has the name of the key.
const actions = {
	Home: () => go(0),
	ArrowLeft: () => go(state.at - 1),
	ArrowRight: () => go(state.at < state.steps.length ? state.at + 1 : 0),
	End: () => go(state.steps.length),
	descend: () => move(-$("rate").value),
	ascend: () => move(Number($("rate").value)),
	reset: () => set(start),
};
for (const id in actions) on($(id), "click", actions[id]);
on(window, "keydown", (event) => {
	const {target, key, ctrlKey, altKey, metaKey} = event, button = $(key);
	if (ctrlKey || altKey || metaKey || target.matches("input, select, pre")) return;
	if (key === "Enter" && target.matches("g")) target.dispatchEvent(new Event("click"));
	if (button) event.preventDefault();
	button?.click();
});
inputs.forEach(({name}, value) => $("axis").append(html("option", {value}, name)));
$("curve").hidden = $("inputs").hidden = !inputs.length;
on($("axis"), "change", plot);
$("text").textContent = text;
on(window, "hashchange", () => set(recalled()));
