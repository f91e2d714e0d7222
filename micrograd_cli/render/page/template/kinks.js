// The points without a derivative, and the convention that is used there.

finders.push(({order, values, grads}) => order.flatMap((part) => {
	const x = part.args.map((arg) => values[arg]);
	return part.at.flatMap((at, i) => {
		const {point, taken, argument = -1} = part.kinks[i];
		const concerned = part.args.map((arg, index) => !parts[arg].still && (argument < 0 || argument === index));
		if ((part.smooth && !grads[part.id]) || !concerned.includes(true) || !at(...x)) return [];
		const by = argument < 0 ? "" : ` with respect to ${part.names[argument]}`;
		const index = x.findIndex((_, each) => concerned[each] && sides(part, x, each));
		const of = x.length > 1 && !by ? ` with respect to ${words(parts[part.args[index]] ?? part)}` : "";
		const [left, right] = (index >= 0 && sides(part, x, index)) || [];
		const slopes = index < 0 ? "" : ` (${figure(left, 6)} from the left, ${figure(right, 6)} from the right${of})`;
		return [{part, message: `${part.signature} has no derivative${by} at ${point}${slopes}; ${taken} is used`}];
	});
}));

/** The derivatives on either side of a corner, one float away; null where the function jumps. */
function sides(part, x, index) {
	const value = part.value(...x);
	const found = [-1, 1].map((side) => {
		const near = [...x];
		near[index] = beside(x[index], side);
		const y = part.value(...near), slope = partials(part, y, near)[index] ?? 0;
		return abs(y - value) <= 1e-9*max(1, abs(value)) ? slope : NaN;
	});
	return found.every(finite) && found[0] !== found[1] ? found : null;
}

/** The next float above or below. */
function beside(x, side) {
	if (!x) return side*5e-324;
	const bits = new BigInt64Array(new Float64Array([x]).buffer);
	bits[0] += x*side > 0 ? 1n : -1n;
	return new Float64Array(bits.buffer)[0];
}
