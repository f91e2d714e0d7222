// What mgrad warns of: where inf and nan come from, and lost digits. Kinks are a file of their own.

const words = (part) => part.text ?? part.name;
const finders = [badValue, cancellations, badGradient];

/** The part at which an inf or nan was born. */
function badValue({root, order, values}) {
	const bad = (id) => !finite(values[id]), among = order.filter(({id}) => bad(id));
	const used = (id) => id === root || order.some(({args}) => args.includes(id));
	const leaf = parts.find(({id, value}) => !value && bad(id) && used(id));
	const part = among.find(({args}) => !args.some(bad)) ?? among[0] ?? (bad(root) ? leaf : null);
	if (!part) return [];
	const given = part.args.filter((arg) => !parts[arg].literal).map((arg) => `${words(parts[arg])} = ${figure(values[arg])}`);
	const where = given.length ? ` where ${[...new Set(given)].join(", ")}` : "";
	return [{part, message: `${words(part)} is ${figure(values[part.id])}${where}`}];
}

/** The first grad, from the output down, that is inf or nan. */
function badGradient({order, slopes, grads}) {
	const bad = (id) => !parts[id].still && !finite(grads[id]);
	for (const {id, still, args, ...user} of [...order].reverse()) {
		const i = still || bad(id) ? -1 : args.findIndex(bad), part = parts[args[i]];
		if (!part) continue;
		const product = `${figure(grads[id])} × ${figure(slopes[id][i] ?? 0)}`;
		return [{part, message: `gradient of ${words(part)} became ${figure(grads[part.id])} at ${words(user)} (${product})`}];
	}
	return [];
}

/** The sums that have lost more than eight digits, unless their terms are meant as they stand. */
function cancellations({order, values}) {
	return order.filter((part) => part.additive).flatMap((part) => {
		const {id, args} = part, top = max(...args.map((arg) => abs(values[arg])));
		const lost = Math.log10(top/abs(values[id]));
		const copies = !values[id] && args.every((arg) => !parts[arg].value || arg === args[0] || parts[arg].copies);
		if (!(lost > 8 && top > 0 && top < Infinity) || copies || args.every((arg) => exact(parts[arg], values))) return [];
		const many = lost < 16 ? `${floor(lost)} of` : "all", numbers = `${figure(top)} cancels to ${figure(values[id])}`;
		return [{part, message: `${words(part)} loses ${many} 16 significant digits to cancellation: ${numbers}`}];
	});
}

/** Whether a number of few digits was given, or worked out from such by plain arithmetic. */
function exact({id, args, value, exact}, values) {
	const few = (each) => Number.isSafeInteger(values[each]) || Math.fround(values[each]) === values[each];
	return few(id) && (!value || (exact && args.every(few)));
}
