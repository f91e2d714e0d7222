// What mgrad warns of: where inf and nan come from. Kinks are a file of their own. How many digits are
// right takes a bound of the whole run: `mgrad eval` tells.

const words = (part) => part.text ?? part.name;
const finders = [badValue, badGradient];

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
