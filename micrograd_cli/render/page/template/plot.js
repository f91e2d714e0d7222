// The output against one input, with its tangent at the point.

/** The curve's points, and the heights between which it is shown; [] breaks it at a jump or a pole. */
function curve(axis, lo, hi) {
	const {numbers, root, values} = state, moving = new Set([axis]);
	const order = state.order.filter(({id, args}) => args.some((arg) => moving.has(arg)) && moving.add(id));
	const at = (x) => { values[axis] = x; return [x, forward(values, order)[root]]; };
	const count = max(60, min(240, round(2e4/(order.length + 1))));
	const points = Array.from({length: count + 1}, (_, i) => at(lo + (hi - lo)*i/count));
	const ys = points.map(([, y]) => y).filter(finite).sort((a, b) => a - b), share = (part) => ys[round(part*(ys.length - 1))];
	const span = share(0.96) - share(0.04), low = max(share(0), share(0.04) - span), high = min(share(1), share(0.96) + span);
	const found = points.flatMap((point, i) => {
		let a = points[i - 1] ?? point, b = point;
		if (!(abs(b[1] - a[1]) > (high - low)/8)) return [point];
		for (let n = 0; n < 12; n++) {
			const middle = at((a[0] + b[0])/2);
			if (abs(middle[1] - a[1]) > abs(b[1] - middle[1])) b = middle; else a = middle;
		}
		return abs(b[1] - a[1]) > (high - low)/16 ? [a, [], b, point] : [point];
	});
	at(numbers[axis]);
	return {points: found, low, high};
}

function plot() {
	const axis = Number($("axis").value), input = inputs[axis], {name} = parts[state.root];
	const x = state.numbers[axis], y = state.values[state.root], slope = state.grads[axis];
	const lo = min(input.lo, x), hi = max(input.hi, x), {points, low, high} = curve(axis, lo, hi);
	const pad = (high - low)*0.06 || abs(high)*0.1 || 1, known = finite(y) ? y : low;
	const bottom = min(low, known) - pad, top = max(high, known) + pad;
	write($("point"), `${name} = ${figure(y, 6)} at ${input.name} = ${figure(x, 6)}, slope ${figure(slope, 6)}`);
	$("plot").replaceChildren();
	if (!(top - bottom < Infinity && hi - lo < Infinity && hi > lo)) return;
	const across = (each) => 50 + (each - lo)/(hi - lo)*400, up = (each) => 270 - (each - bottom)/(top - bottom)*260;
	const line = (name, d) => svg("path", {class: name, d});
	const note = (x, y, each, name) => svg("text", {x, y, class: name}, short(each));
	const inside = svg("svg", {x: 50, y: 10, width: 400, height: 260, viewBox: "50 10 400 260"});
	for (const each of ticks(lo, hi)) {
		$("plot").append(line("grid", `M${across(each)} 10V270`), note(across(each), 288, each, "below"));
	}
	for (const each of ticks(bottom, top)) {
		$("plot").append(line("grid", `M50 ${up(each)}H450`), note(44, up(each) + 4, each, ""));
	}
	inside.append(line("curve", points.map(([a, b], i) => {
		const pen = finite(points[i - 1]?.[1]) ? "L" : "M";
		return finite(b) ? `${pen}${across(a)} ${max(-999, min(999, up(b)))}` : "";
	}).join("")));
	$("plot").append(inside);
	if (!finite(y)) return;
	const [from, to] = [lo, hi].map((each) => `${across(each)} ${up(y + slope*(each - x))}`);
	if (finite(slope)) inside.append(line("tangent", `M${from}L${to}`));
	$("plot").append(svg("circle", {cx: across(x), cy: up(y), r: 5}));
}

/** Round numbers between two ends, at most six. */
function ticks(lo, hi) {
	const power = 10**floor(Math.log10(hi - lo));
	const step = [0.2, 0.5, 1, 2].map((each) => each*power).find((each) => (hi - lo)/each <= 6);
	return Array.from({length: 7}, (_, i) => (Math.ceil(lo/step) + i)*step).filter((each) => each <= hi);
}
