// The steps, forward and backward, node by node; and what is shown at each of them.

const start = inputs.map((input) => Number(input.value));
const state = {numbers: start, output: 0};

/** Show a view, with all its steps done. */
function show(view) {
	Object.assign(state, {view, steps: [], at: 0});
	draw(view);
	set(state.numbers);
}

/** Compute everything anew, for the numbers and the output of the state. */
function compute() {
	Object.assign(state, sweep(state.numbers, outputs[state.output].part));
	const {view: {drawn}, needed, steps, at} = state, live = drawn.filter(({part}) => needed.has(part.id));
	for (const box of drawn) box.shares = live.includes(box) ? shares(box) : [];
	state.forwards = live.length;
	state.passing = live.filter(({shares, part}) => shares.length && state.found[part.id] !== null).reverse();
	state.steps = [...live, ...state.passing];
	state.at = at < steps.length ? at : state.steps.length;
	state.warnings = finders.flatMap((find) => find(state));
}

/** What a box passes to its operands: its grad times the local derivative; of a fold, along its paths. */
function shares({part: {id}, args, inside}) {
	const slopes = inside ? pathSlopes(inside) : state.slopes[id];
	return args.flatMap((arg, slot) => {
		const slope = slopes[slot] ?? 0, flows = slopes[slot] !== null;
		return parts[arg].still ? [] : [{arg, slot, flows, slope, product: flows ? state.grads[id]*slope : 0}];
	});
}

/** The products that some boxes have passed to a part. */
function received(id, boxes) {
	return boxes.flatMap((box) => box.shares.filter(({arg, flows}) => arg === id && flows).map(({product}) => product));
}

/** Show the state: numbers in the drawing, the step in words. */
function paint() {
	const {view, steps, at, forwards, passing, values, grads, root} = state;
	const now = steps[at], back = at >= forwards, done = back ? passing.slice(0, at - forwards + 1) : [];
	const seen = new Set(back ? steps : steps.slice(0, at + 1));
	const top = max(1e-300, ...grads.filter(finite).map(abs));
	const warned = new Set(state.warnings.map(({part}) => part.id));
	const inSight = ({g}) => sight?.has(g) ?? true;
	for (const box of view.drawn.filter(inSight)) {
		const {part: {id}, g, title, data, grad, tint, inside} = box, total = !now || id === root || id === view.part;
		const x = total ? back ? grads[id] : null : received(id, done).reduce((sum, each) => sum + each, null);
		const y = seen.has(box) ? values[id] : null;
		write(data, short(y));
		write(grad, short(x));
		write(g.firstChild, `${title}${y === null ? "" : `, data ${figure(y)}`}${x === null ? "" : `, grad ${figure(x)}`}`);
		tint.style.opacity = finite(x) ? Math.sqrt(abs(x)/top)/2 : 0;
		tint.classList.toggle("negative", x < 0);
		const classes = {now: box === now, warned: [id, ...inside?.members ?? []].some((each) => warned.has(each))};
		for (const name in classes) g.classList.toggle(name, classes[name]);
		g.setAttribute("tabindex", box === (now ?? view.drawn[0]) ? 0 : -1);
	}
	for (const {box, slot, line, label} of view.ties.filter(({box}) => inSight(box))) {
		const share = box.shares.find((each) => each.slot === slot), known = share && done.includes(box);
		for (const each of [line, label]) each.setAttribute("class", `${box === now ? "now" : ""} ${share?.flows ? "" : "still"}`);
		const product = known && box === now
			? `${short(grads[box.part.id])}·${factor(share.slope, 4)} = ${short(share.product)}` : "";
		write(label, product.length > 17 ? product.replace(/.*=/, "=") : product || (known ? short(share.slope) : ""));
	}
	$("graph").className = now ? back ? "back" : "forth" : "";
	write($("phase"), !now ? `${forwards} steps forward, ${passing.length} backward`
		: back ? `Backward ${at - forwards + 1} of ${passing.length}` : `Forward ${at + 1} of ${forwards}`);
	const whole = [`${parts[root].name} = ${outputs[state.output].expr}`, `= ${figure(values[root], 6)}`];
	const lines = now ? told(now, back) : [whole];
	$("step").replaceChildren(...lines.map((line) => html("p", {}, ...line.map((each) => html("code", {}, each)))));
}

/** A step in words, as `mgrad explain` has it: lines of a left and a right part. */
function told(box, back) {
	const {part: {id, name, by}, title} = box, number = (x) => figure(x, 6), grad = number(state.grads[id]);
	if (!back) return [[title, `= ${number(state.values[id])}`]];
	const sum = received(id, state.passing).map((x, i) => i ? factor(x, 6) : number(x));
	if (sum.length > 6) sum.splice(4, sum.length, `... (${sum.length} in all)`);
	const terms = sum.length > 1 ? `${sum.join(" + ")} = ` : "";
	return [[title, `∂${parts[state.root].name}/∂${name} = ${terms}${grad}`], ...box.shares.map((share) => [
		`by ${by?.[share.slot] ?? parts[share.arg].name}: ${rule(box, share)}`,
		`${grad} · ${factor(share.slope, 6)} = ${number(share.product)}`,
	])];
}

/** A local derivative, as a formula and as a number. */
function rule({rules}, {slot, slope}) {
	const formula = rules[slot], number = figure(slope, 6);
	if (!formula || formula === figure(slope)) return number;
	return Array.isArray(formula) ? `${number} = ${formula}` : `${formula} = ${number}`;
}

/** A number on the right of a sign. */
const factor = (x, digits) => figure(x, digits).replace(/^-.*/, "($&)");

/** Go to a step, and say it to those who do not see it. */
function go(at) {
	const focused = $("drawing").contains(document.activeElement);
	state.at = max(0, min(at, state.steps.length));
	paint();
	const g = state.steps[state.at]?.g;
	const middle = (element, a = element.getBoundingClientRect()) => [a.x + a.width/2, a.y + a.height/2];
	if (g) $("scroll").scrollBy(...middle(g).map((each, i) => each - middle($("scroll"))[i]));
	if (focused) g?.focus();
	say([$("phase"), ...$("step").children].map((each) => each.textContent).join("; "));
}

const say = (words) => write($("said"), words);

/** A box is chosen: go to its step. */
function choose(box) {
	const {steps, at, forwards} = state, last = steps.lastIndexOf(box);
	if (steps[at] === box && box.inside) open(box);
	else if (last >= 0) go(at < forwards ? steps.indexOf(box) : last);
}
