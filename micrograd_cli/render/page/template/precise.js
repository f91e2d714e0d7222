// Browsers differ in the last digits of exp, log, pow and hypot. These are right to the last, so a
// page has the same numbers everywhere, and mgrad's. A pair [high, low] is a number of twice the
// digits (Dekker, "A floating-point technique for extending the available precision", 1971).
const precise = (() => {
	function sum(a, b) {
		const s = a + b, t = s - a;
		return [s, a - (s - t) + (b - t)];
	}
	function product(a, b) {
		const split = (x) => { const t = 134217729*x, high = t - (t - x); return [high, x - high]; };
		const p = a*b, [ah, al] = split(a), [bh, bl] = split(b);
		return [p, ah*bh - p + ah*bl + al*bh + al*bl];
	}
	function plus([a, b], [c, d]) {
		const [s, e] = sum(a, c);
		return sum(s, e + (b + d));
	}
	function times([a, b], [c, d]) {
		const [p, e] = product(a, c);
		return sum(p, e + (a*d + b*c));
	}
	const LN2 = [0.6931471805599453, 2.3190468138462996e-17];

	/** exp of a pair whose size is below 700: a Taylor series of x/256, squared eight times. */
	function expPair(x) {
		const k = Math.round(x[0]/LN2[0]), [r, rest] = plus(x, times([-k, 0], LN2)).map((each) => each/256);
		const curved = r*r/2*(1 + r/3*(1 + r/4*(1 + r/5*(1 + r/6))));
		let [high, low] = plus([1, 0], [r, curved + rest]);
		for (let i = 0; i < 8; i++) { // times itself: product and sum without their pairs, for speed
			const p = high*high, t = 134217729*high, h = t - (t - high), l = high - h;
			const error = h*h - p + 2*h*l + l*l + 2*high*low;
			high = p + error;
			low = error - (high - p);
		}
		const half = Math.trunc(k/2), scale = (z) => z*2**half*2**(k - half);
		return [scale(high), scale(low)];
	}
	/** log of x between 1e-300 and 1e300: a step of Newton's method from the browser's. */
	function logPair(x) {
		const y = Math.log(x), [d, e] = plus(times([x, 0], expPair([-y, 0])), [-1, 0]);
		return plus([y, 0], [d, e - d*d/2]);
	}
	const exp = (x) => Math.abs(x) < 700 ? expPair([x, 0])[0] : Math.exp(x);
	const log = (x) => x > 1e-300 && x < 1e300 ? logPair(x)[0] : Math.log(x);
	function pow(x, y) {
		const size = Math.abs(x);
		if (!(size > 1e-300 && size < 1e300) || (x < 0 && y % 1) || !(Math.abs(y*Math.log(size)) < 700)) return Math.pow(x, y);
		const [z] = expPair(times([y, 0], logPair(size)));
		return x < 0 && y % 2 ? -z : z;
	}
	function hypot(...x) {
		const top = Math.max(...x.map(Math.abs));
		if (!(top > 1e-140 && top < 1e140)) return Math.hypot(...x);
		const squares = x.map((each) => product(each, each)).reduce(plus);
		const y = Math.sqrt(squares[0]), [p, e] = product(y, y);
		return y + (squares[0] - p - e + squares[1])/(2*y);
	}
	return Object.assign(Object.create(Math), {exp, log, pow, hypot});
})();
