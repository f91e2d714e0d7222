// The engine: values forward, grads backward, by the rules of the operations.

const {abs, floor, max, min, round} = Math, finite = Number.isFinite;
const $ = (id) => document.getElementById(id);
const on = (target, event, act) => target.addEventListener(event, act);
const {parts, inputs, outputs, operations, views, folds, text} = JSON.parse($("program").textContent);
parts.forEach((part, id) => {
	const [value, slopes, ...at] = rules[part.op] ?? [];
	Object.assign(part, operations[part.op], {id, value, slopes, at, args: part.args ?? []});
});
const inner = parts.filter((part) => part.value);

/** Compute the values of some parts, operands before results. */
function forward(values, order) {
	for (const {id, args, value} of order) {
		const [a, b] = args;
		values[id] = args.length < 3 ? value(values[a], values[b]) : value(...args.map((arg) => values[arg]));
	}
	return values;
}

/** The partial derivatives of a part by its operands; null where no gradient flows. */
function partials(part, y, x) {
	const found = [part.slopes(y, ...x)].flat(), flows = found.slice(x.length);
	return x.map((_, i) => flows.length && !flows[i] ? null : found[i]);
}

/** The grads of all parts, if that of the root is 1: an operand gets its share, grad times partial. */
function backward(order, slopes, root) {
	const grads = parts.map(() => null);
	grads[root] = 1;
	for (const {id, args} of [...order].reverse()) {
		if (grads[id] !== null) args.forEach((arg, i) => {
			const share = grads[id]*slopes[id][i];
			if (slopes[id][i] !== null) grads[arg] = grads[arg] === null ? share : grads[arg] + share;
		});
	}
	return grads;
}

/** What there is at a point: values, local derivatives, and the grads of what an output needs. */
function sweep(numbers, root) {
	const needed = new Set([root, ...inputs.keys()]), slopes = [];
	for (const {id, args} of [...inner].reverse()) if (needed.has(id)) args.forEach((arg) => needed.add(arg));
	const order = inner.filter(({id}) => needed.has(id));
	const values = forward(parts.map(({number}, id) => numbers[id] ?? Number(number)), inner);
	for (const part of order) slopes[part.id] = partials(part, values[part.id], part.args.map((arg) => values[arg]));
	const found = backward(order, slopes, root);
	const grads = parts.map(({still}, id) => still || !needed.has(id) ? null : (found[id] ?? 0) + 0);
	return {root, needed, order, values, slopes, found, grads};
}

/** A number as Python writes it, to some digits or with all of them. */
function figure(x, digits) {
	if (!finite(x)) return isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
	const y = digits ? Number(x.toPrecision(digits)) + 0 : x, size = abs(y);
	return size && (size < 1e-4 || size >= 10**(digits ?? 16)) ? y.toExponential().replace(/(e.)(\d)$/, "$10$2") : `${y}`;
}

const short = (x) => x === null ? "" : figure(x, 4);
